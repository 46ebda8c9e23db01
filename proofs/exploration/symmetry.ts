/**
 * Servers are alike: with the election replaced by an oracle nothing compares their ids, so a state and the same state with
 * other names have the same future, but for names. One fingerprint serves for all of them: the least one.
 *
 * The abstract state beside it may differ in which of several quorums a step was seen to happen with. Each is a choice that
 * the abstract system allows, and renaming makes another one that it allows.
 */
import { EMPTY } from './channels.js'
import { hashes } from './seen.js'

export interface Renaming {
  /** Where each number of a state comes from. */
  readonly sources: Int32Array
  readonly siteAfter: (site: number) => number
  /** Two hashes of the abstract state. */
  readonly abstractAfter: (state: number, into: Int32Array, place: number) => void
}

/** All orders of the servers, the given one first. */
export const permutationsOf = (servers: readonly number[]): readonly (readonly number[])[] =>
  servers.length <= 1
    ? [servers]
    : servers.flatMap((first) =>
        permutationsOf(servers.filter((server) => server !== first)).map((others) => [first, ...others]),
      )

/**
 * The least fingerprint among those of the renamed states. `abstract`: where the abstract state stands.
 */
export const leastHashes = (
  renamings: readonly Renaming[],
  sites: number,
  abstract: number,
): ((state: Int32Array, into: Int32Array) => void) => {
  const row = new Int32Array((renamings[0]?.sources.length ?? 0) + 1)
  const own = new Int32Array(2)
  return (state, into) => {
    renamings.forEach(({ sources, siteAfter, abstractAfter }, index) => {
      for (let place = 0; place < sources.length; place += 1) {
        const value = state[sources[place] ?? 0] ?? EMPTY
        row[place] = place < sites ? siteAfter(value) : value
      }
      // Its number is not the same after another renaming, so two hashes of its contents stand for it.
      abstractAfter(state[abstract] ?? 0, row, abstract)
      hashes(row, own)
      const [high = 0, low = 0] = own
      const [leastHigh = 0, leastLow = 0] = into
      if (index > 0 && (high > leastHigh || (high === leastHigh && low >= leastLow))) return
      into[0] = high
      into[1] = low
    })
  }
}

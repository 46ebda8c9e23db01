/**
 * Whose quorums decide in each abstract state, by the judge's rules (proofs/refinement/electorate.ts): what a reconfiguration
 * is for, the contents of the state tell, so it is told anew in each.
 */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import { initial } from '../../src/core/peer.js'
import { rules } from '../../src/core/rules.js'
import type { Electorates } from '../refinement/electorates.js'
import { makeElectorates } from '../refinement/electorates.js'
import type { Reader } from '../refinement/reader.js'
import type { Stage } from '../refinement/stage.js'
import type { Universe } from '../refinement/universe.js'
import type { Bounds } from './bounds.js'
import { serversOf } from './bounds.js'
import { candidatesOf, configurationWith, firstConfiguration, votersFor } from './configurations.js'
import { configurationOf } from './oracle.js'

export interface StateElectorates extends Electorates {
  /** In a state with these contents. */
  readonly begin: (contents: ArrayLike<number>) => void
  /** The server goes by that configuration from now on. */
  readonly goesBy: (server: ServerId, configuration: Configuration) => void
}

export const makeStateElectorates = (
  bounds: Bounds,
  universe: Universe,
  { object }: Pick<Stage, 'object'>,
  reader: Pick<Reader, 'epochOf'>,
): StateElectorates => {
  const first = firstConfiguration(bounds)
  const someone = initial<unknown>(configurationOf(rules, 1, serversOf(bounds)))
  let isTold = true
  const stage: Pick<Stage, 'object'> = {
    object: (...objection) => {
      if (isTold) object(...objection)
    },
  }
  const make = (): Electorates => makeElectorates(first, universe, stage, reader)
  let current = make()

  return {
    toStart: (...asked) => current.toStart(...asked),
    toEstablish: (epoch) => current.toEstablish(epoch),
    toCommit: (zxid) => current.toCommit(zxid),
    proposed: (...proposal) => current.proposed(...proposal),
    activated: (before, after) => current.activated(before, after),
    begin: (contents) => {
      current = make()
      // That it might be proposed, has been judged when it was.
      isTold = false
      for (let transaction = 1; transaction < contents.length; transaction += 1) {
        const voters = votersFor(contents[transaction] ?? 0)
        if (voters !== undefined) current.proposed(1, universe.zxidOf(transaction), configurationWith(voters))
      }
      isTold = true
    },
    goesBy: (self, committed) =>
      current.activated(someone, { ...someone, self, configuration: { committed, lastSeen: committed } }),
  }
}

/** All that may be asked for, so that no state has more of them than another. */
export const makeAllQuorums = (bounds: Bounds, { quorumsOf }: Universe): void => {
  const systems = [firstConfiguration(bounds), ...candidatesOf(bounds).map((voters) => configurationWith(voters))].map(
    ({ quorums }) => quorums,
  )
  const leaders = [undefined, ...serversOf(bounds)]
  for (const leader of leaders)
    for (const one of systems) {
      quorumsOf([one], leader)
      for (const other of systems) quorumsOf([one, other], leader)
    }
}

/**
 * The configurations that an exploration knows: sets of voters, everybody else in none of them. A reconfiguration is a
 * transaction like any other, under a number that tells which configuration it stands for.
 */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import * as Z from '../../src/core/zxid.js'
import type { Bounds } from './bounds.js'
import { membersOf, serversOf, votersOf } from './bounds.js'
import type { Transaction } from './site.js'

export type Voters = readonly ServerId[]

/** Numbers of reconfigurations are above those of other transactions, and fit into a byte. */
const FIRST_NUMBER = 128

/** So that they do. */
export const MAXIMAL_SERVERS = 7

// --- configurations

/** `observers`: members without a vote. */
export const configurationWith = (
  voters: Voters,
  observers: readonly ServerId[] = [],
  version: Z.Zxid = Z.ZERO,
): Configuration => ({
  version,
  members: [...voters, ...observers]
    .toSorted((one, other) => one - other)
    .map((id) => ({
      id,
      role: voters.includes(id) ? 'participant' : 'observer',
      host: `server-${id}`,
      quorumPort: 2888,
      electionPort: 3888,
    })),
  quorums: { kind: 'Majority', voters: voters.toSorted((one, other) => one - other) },
})

/** The static one, that all servers start with: joiners too (RECFG-10). */
export const firstConfiguration = (bounds: Bounds): Configuration => {
  const voters = votersOf(bounds)
  return configurationWith(
    voters,
    membersOf(bounds).filter((id) => !voters.includes(id)),
  )
}

/** With other names for the servers. */
export const renamedConfiguration = (
  { version, members }: Configuration,
  image: (server: ServerId) => ServerId,
): Configuration => {
  const imagesOf = (role: 'participant' | 'observer'): Voters =>
    members.filter((member) => member.role === role).map(({ id }) => image(id))
  return configurationWith(imagesOf('participant'), imagesOf('observer'), version)
}

// --- as transactions

export const transactionFor = (voters: Voters): Transaction =>
  FIRST_NUMBER + voters.reduce((sum, voter) => sum + 2 ** (voter - 1), 0)

/** Undefined for a transaction that is no reconfiguration. */
export const votersFor = (transaction: Transaction): Voters | undefined =>
  transaction <= FIRST_NUMBER
    ? undefined
    : Array.from({ length: MAXIMAL_SERVERS }, (_, index) => index + 1).filter(
        (server) => ((transaction - FIRST_NUMBER) >> (server - 1)) & 1,
      )

export const renamedTransaction = (transaction: Transaction, image: (server: ServerId) => ServerId): Transaction => {
  const voters = votersFor(transaction)
  return voters === undefined ? transaction : transactionFor(voters.map(image))
}

// --- the menu

/**
 * What leaders may propose: every set of voters, or those that were asked for and those that differ from them only in the
 * names of servers that are alike at first. So the menu is the same whatever their names are.
 */
export const candidatesOf = (bounds: Bounds): readonly Voters[] => {
  const all = setsOf(serversOf(bounds))
  const { reconfigureTo } = bounds
  if (reconfigureTo === undefined) return all
  const wanted = new Set(reconfigureTo.map((voters) => kindOf(bounds, voters)))
  return all.filter((voters) => wanted.has(kindOf(bounds, voters)))
}

/** How many of the first voters, of the observers and of the joiners. */
const kindOf = (bounds: Bounds, voters: Voters): string =>
  groupsOf(bounds)
    .map((group) => group.filter((server) => voters.includes(server)).length)
    .join()

/** Servers that are alike at first. */
export const groupsOf = (bounds: Bounds): readonly (readonly ServerId[])[] => {
  const [voters, members] = [votersOf(bounds), membersOf(bounds)]
  const among = (isIn: (server: ServerId) => boolean): readonly ServerId[] => serversOf(bounds).filter(isIn)
  return [
    voters,
    among((server) => members.includes(server) && !voters.includes(server)),
    among((server) => !members.includes(server)),
  ].filter((group) => group.length > 0)
}

/** All of them but the empty one. */
const setsOf = (servers: readonly ServerId[]): readonly Voters[] =>
  Array.from({ length: 2 ** servers.length - 1 }, (_, bits) => servers.filter((__, index) => ((bits + 1) >> index) & 1))

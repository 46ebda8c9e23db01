/**
 * Quorum systems: which sets of voters may decide. QUO-1, QUO-2.
 *
 * The protocol needs one property only: any two quorums of one configuration share a voter.
 */
import type { ServerId } from './server-id.js'

/** Voters carry one vote each; more than half of them is a quorum. */
export interface MajorityQuorums {
  readonly kind: 'Majority'
  readonly voters: readonly ServerId[]
}

export interface QuorumGroup {
  readonly id: number
  readonly members: readonly { readonly id: ServerId; readonly weight: number }[]
}

/** More than half of the groups (those of weight 0 left out), each by more than half of its weight. */
export interface HierarchicalQuorums {
  readonly kind: 'Hierarchical'
  readonly groups: readonly QuorumGroup[]
}

export type QuorumSystem = MajorityQuorums | HierarchicalQuorums

/** Weight of a voter; 0 for a server that the system does not know. QUO-2: weight 0 never wins an election. */
export const weightOf = (system: QuorumSystem, server: ServerId): number => {
  switch (system.kind) {
    case 'Majority':
      return system.voters.includes(server) ? 1 : 0
    case 'Hierarchical':
      return system.groups.flatMap((group) => group.members).find((member) => member.id === server)?.weight ?? 0
  }
}

/** True when the server may be counted at all. A voter of weight 0 is a voter: it takes part, and decides nothing. */
export const isVoter = (system: QuorumSystem, server: ServerId): boolean => {
  switch (system.kind) {
    case 'Majority':
      return system.voters.includes(server)
    case 'Hierarchical':
      return system.groups.some((group) => group.members.some((member) => member.id === server))
  }
}

/** All voters, in the order of their declaration. */
export const votersOf = (system: QuorumSystem): readonly ServerId[] => {
  switch (system.kind) {
    case 'Majority':
      return system.voters
    case 'Hierarchical':
      return system.groups.flatMap((group) => group.members.map((member) => member.id))
  }
}

/**
 * Does the set for which `isIn` holds contain a quorum? QUO-1 and QUO-2.
 * Servers that are not voters are never asked for, so they can never count.
 */
export const isQuorum = (system: QuorumSystem, isIn: (server: ServerId) => boolean): boolean => {
  switch (system.kind) {
    case 'Majority':
      return 2 * count(system.voters, isIn) > system.voters.length
    case 'Hierarchical': {
      const weighty = system.groups.filter((group) => totalWeight(group, () => true) > 0)
      const won = weighty.filter((group) => 2 * totalWeight(group, isIn) > totalWeight(group, () => true))
      return 2 * won.length > weighty.length
    }
  }
}

/** Do both decide by the same sets, as far as their declarations tell? The order of declaration does not matter. */
export const areSame = (first: readonly QuorumSystem[], second: readonly QuorumSystem[]): boolean =>
  first.map(keyOf).join(' and ') === second.map(keyOf).join(' and ')

/** Equal for systems that differ in nothing but the order of their declaration. */
const keyOf = (system: QuorumSystem): string => {
  switch (system.kind) {
    case 'Majority':
      return system.voters.toSorted((one, other) => one - other).join()
    case 'Hierarchical':
      return system.groups
        .map(({ members }) =>
          members
            .map(({ id, weight }) => `${id}*${weight}`)
            .toSorted()
            .join(),
        )
        .toSorted()
        .join(';')
  }
}

const count = (servers: readonly ServerId[], isIn: (server: ServerId) => boolean): number =>
  servers.reduce((sum, server) => (isIn(server) ? sum + 1 : sum), 0)

const totalWeight = (group: QuorumGroup, isIn: (server: ServerId) => boolean): number =>
  group.members.reduce((sum, member) => (isIn(member.id) ? sum + member.weight : sum), 0)

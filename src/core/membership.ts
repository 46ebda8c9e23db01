/** Who counts: the voters and the quorum systems of the relevant configurations. QUO-1, RECFG-3, RECFG-7. */
import type { Configuration, ServerId } from './configuration.js'
import type { QuorumSystem } from './quorum.js'
import { isVoter, votersOf, weightOf } from './quorum.js'
import type { Peer } from './state.js'
import * as Z from './zxid.js'

type Configured = Pick<Peer<unknown>, 'configuration'>

/** Is a reconfiguration under way? RECFG-1. */
export const isReconfiguring = ({ configuration: { committed, lastSeen } }: Configured): boolean =>
  Z.isAfter(lastSeen.version, committed.version)

/** The quorum systems that must all agree: the committed configuration's and, when newer, the last seen one's. */
export const quorumSystems = (peer: Configured): readonly QuorumSystem[] =>
  isReconfiguring(peer)
    ? [peer.configuration.committed.quorums, peer.configuration.lastSeen.quorums]
    : [peer.configuration.committed.quorums]

/** RECFG-3: what was proposed before the reconfiguration needs a quorum of the committed configuration only. */
export const quorumSystemsFor = (peer: Configured, zxid: Z.Zxid): readonly QuorumSystem[] =>
  isReconfiguring(peer) && Z.isBefore(zxid, peer.configuration.lastSeen.version)
    ? [peer.configuration.committed.quorums]
    : quorumSystems(peer)

/** ELEC-9: the voters of the current and of the pending configuration. */
export const allVoters = (peer: Configured): readonly ServerId[] => [
  ...new Set(quorumSystems(peer).flatMap((system) => votersOf(system))),
]

/** Does a configuration that this server knows list that one: one of its own two, or the file it was started with? */
export const isListed = (
  { configuration: { committed, lastSeen } }: Configured,
  ensemble: Configuration,
  server: ServerId,
): boolean => [committed, lastSeen, ensemble].some(({ members }) => members.some(({ id }) => id === server))

export const isVotingMember = (peer: Configured, server: ServerId): boolean =>
  quorumSystems(peer).some((system) => isVoter(system, server))

/** QUO-2: the greatest weight that any relevant configuration gives to the server. */
export const electionWeight = (peer: Configured, server: ServerId): number =>
  quorumSystems(peer).reduce((most, system) => Math.max(most, weightOf(system, server)), 0)

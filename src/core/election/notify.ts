/** What a server says on the election port. ELEC-2, ELEC-8. */
import type { CoreConfig } from '../config.js'
import type { ServerId } from '../configuration.js'
import { NO_SERVER } from '../configuration.js'
import type { Effect } from '../effect.js'
import { allVoters } from '../membership.js'
import type { Notification, ServerState } from '../message.js'
import { isEnabled, toldOf } from '../reconfiguration.js'
import type { Peer } from '../state.js'
import type { Vote } from '../vote.js'

/**
 * ELEC-1: to every other voter of the current and the pending configuration, and to the candidate, who may be a voter of a
 * configuration that is not known here yet (RECFG-7).
 */
export const notifyVoters = <T>(config: CoreConfig, peer: Peer<T>, proposal: Vote): readonly Effect<T>[] => {
  const notification = notificationOf(config, peer, 'LOOKING', proposal, peer.round)
  const voters = allVoters(peer)
  const isUnknown = isEnabled(config) && proposal.leader !== NO_SERVER && !voters.includes(proposal.leader)
  return [...voters, ...(isUnknown ? [proposal.leader] : [])]
    .filter((voter) => voter !== peer.self)
    .map((to) => ({ kind: 'Notify', to, notification }))
}

/** ELEC-4, ELEC-8: the present vote to one server: the proposal while LOOKING, afterwards the vote that won, and its round. */
export const notifyOne = <T>(config: CoreConfig, peer: Peer<T>, to: ServerId): readonly Effect<T>[] => {
  const notification = currentNotification(config, peer)
  return notification === undefined ? [] : [{ kind: 'Notify', to, notification }]
}

const currentNotification = <T>(config: CoreConfig, peer: Peer<T>): Notification | undefined => {
  const { role } = peer
  switch (role.kind) {
    case 'Stopped':
      return undefined
    case 'Looking':
      return notificationOf(config, peer, 'LOOKING', role.proposal, peer.round)
    case 'Following':
      return notificationOf(config, peer, 'FOLLOWING', role.finalVote.vote, role.finalVote.round)
    case 'Observing':
      return notificationOf(config, peer, 'OBSERVING', role.finalVote.vote, role.finalVote.round)
    case 'Leading':
      return notificationOf(config, peer, 'LEADING', role.finalVote.vote, role.finalVote.round)
  }
}

/** ELEC-2, RECFG-7. */
const notificationOf = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  state: ServerState,
  vote: Vote,
  round: number,
): Notification => ({ state, vote, round, ...toldOf(config, peer) })

/** What a server says on the election port. ELEC-2, ELEC-8. */
import type { ServerId } from '../configuration.js'
import type { Effect } from '../effect.js'
import { allVoters } from '../membership.js'
import type { Notification, ServerState } from '../message.js'
import type { Peer } from '../state.js'
import type { Vote } from '../vote.js'

/** ELEC-1: to every other voter of the current and the pending configuration. */
export const notifyVoters = <T>(peer: Peer<T>, proposal: Vote): readonly Effect<T>[] => {
  const notification = notificationOf(peer, 'LOOKING', proposal, peer.round)
  return allVoters(peer)
    .filter((voter) => voter !== peer.self)
    .map((to) => ({ kind: 'Notify', to, notification }))
}

/** ELEC-4, ELEC-8: the present vote to one server: the proposal while LOOKING, afterwards the vote that won, and its round. */
export const notifyOne = <T>(peer: Peer<T>, to: ServerId): readonly Effect<T>[] => {
  const notification = currentNotification(peer)
  return notification === undefined ? [] : [{ kind: 'Notify', to, notification }]
}

const currentNotification = <T>(peer: Peer<T>): Notification | undefined => {
  const { role } = peer
  switch (role.kind) {
    case 'Stopped':
      return undefined
    case 'Looking':
      return notificationOf(peer, 'LOOKING', role.proposal, peer.round)
    case 'Following':
      return notificationOf(peer, 'FOLLOWING', role.finalVote.vote, role.finalVote.round)
    case 'Observing':
      return notificationOf(peer, 'OBSERVING', role.finalVote.vote, role.finalVote.round)
    case 'Leading':
      return notificationOf(peer, 'LEADING', role.finalVote.vote, role.finalVote.round)
  }
}

/** ELEC-2. */
const notificationOf = <T>(peer: Peer<T>, state: ServerState, vote: Vote, round: number): Notification => ({
  state,
  vote,
  round,
  configurationVersion: peer.configuration.lastSeen.version,
})

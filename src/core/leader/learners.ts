/** The learners of a leader: reading and changing one of them, sending to many. */
import type { CoreConfig } from '../config.js'
import type { ServerId } from '../configuration.js'
import type { Effect } from '../effect.js'
import { isVotingMember } from '../membership.js'
import type { LeaderMessage } from '../message.js'
import type { Leading, Learner, Peer } from '../state.js'
import { evolve, evolveLeading } from '../state.js'
import type { Epoch } from '../zxid.js'

/** A peer that leads. */
export type Leader<T> = Peer<T> & { readonly role: Leading }

export const isLeading = <T>(peer: Peer<T>): peer is Leader<T> => peer.role.kind === 'Leading'

/** The peer with another leading role. */
export const withRole = <T>(peer: Peer<T>, role: Leading): Leader<T> => ({
  ...evolve(peer, peer.history, peer.nextToken, peer.pending, role),
  role,
})

export const learnerOf = (role: Leading, id: ServerId): Learner | undefined =>
  role.learners.find((learner) => learner.id === id)

/** With this learner instead of, or beside, the ones there are. */
export const withLearner = (role: Leading, learner: Learner): Leading => {
  const index = role.learners.findIndex(({ id }) => id === learner.id)
  const learners = index < 0 ? [...role.learners, learner] : role.learners.with(index, learner)
  return evolveLeading(role, role.phase, learners, role.ownAck)
}

export const withoutLearner = (role: Leading, id: ServerId): Leading =>
  evolveLeading(
    role,
    role.phase,
    role.learners.filter((learner) => learner.id !== id),
    role.ownAck,
  )

/** The epoch that this leader has chosen; undefined while it is still collecting. */
export const epochOf = (role: Leading): Epoch | undefined =>
  role.phase.kind === 'CollectingEpochs' ? undefined : role.phase.epoch

/** The configuration has changed: who counts, counts by the new ones. OBS-1, RECFG-3, RECFG-10. */
export const recount = <T>(config: CoreConfig, peer: Leader<T>): Leader<T> => {
  const isCounted = (learner: Learner): boolean =>
    config.rules.premises['OBS-1.counted'](isVotingMember(peer, learner.id), learner.isObserver)
  return withRole(peer, {
    ...peer.role,
    // Who has not said yet what it is does not count, whatever the configuration says of it.
    learners: peer.role.learners.map((learner) => ({
      ...learner,
      isCounted: learner.stage.kind !== 'Connected' && isCounted(learner),
    })),
  })
}

/** SYNC-7: is everything new sent to this learner? */
export const isForwarded = ({ stage }: Learner): boolean => stage.kind === 'Synchronizing' || stage.kind === 'Synced'

/** Does the server count with this stage, the leader itself included? OBS-1. */
export const countedWith =
  (peer: Leader<unknown>, hasStage: (learner: Learner) => boolean) =>
  (server: ServerId): boolean => {
    if (server === peer.self) return true
    const learner = learnerOf(peer.role, server)
    return learner !== undefined && learner.isCounted && hasStage(learner)
  }

export const send = <T>(to: ServerId, message: LeaderMessage<T>): Effect<T> => ({
  kind: 'Send',
  to,
  side: 'learner',
  message,
})

/** Close the connection to a learner. */
export const disconnect = <T>(from: ServerId): Effect<T> => ({ kind: 'Disconnect', from, side: 'learner' })

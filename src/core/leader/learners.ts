/** The learners of a leader: reading and changing one of them, sending to many. */
import type { ServerId } from '../configuration.js'
import type { Effect } from '../effect.js'
import type { LeaderMessage } from '../message.js'
import type { Leading, Learner, Peer } from '../state.js'
import type { Epoch } from '../zxid.js'

/** A peer that leads. */
export type Leader<T> = Peer<T> & { readonly role: Leading<T> }

/** The peer with another leading role. */
export const withRole = <T>(peer: Peer<T>, role: Leading<T>): Leader<T> => ({ ...peer, role })

export const withLearner = <T>(role: Leading<T>, id: ServerId, learner: Learner): Leading<T> => ({
  ...role,
  learners: new Map(role.learners).set(id, learner),
})

export const withoutLearner = <T>(role: Leading<T>, id: ServerId): Leading<T> => ({
  ...role,
  learners: new Map([...role.learners].filter(([other]) => other !== id)),
})

/** The epoch that this leader has chosen; undefined while it is still collecting. */
export const epochOf = (role: Leading<unknown>): Epoch | undefined =>
  role.phase.kind === 'CollectingEpochs' ? undefined : role.phase.epoch

/** SYNC-7: is everything new sent to this learner? */
export const isForwarded = ({ stage }: Learner): boolean => stage.kind === 'Synchronizing' || stage.kind === 'Synced'

/** Does the server count with this stage, the leader itself included? OBS-1. */
export const countedWith =
  (peer: Leader<unknown>, hasStage: (learner: Learner) => boolean) =>
  (server: ServerId): boolean => {
    if (server === peer.self) return true
    const learner = peer.role.learners.get(server)
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

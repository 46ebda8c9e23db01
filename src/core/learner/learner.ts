/** A learner: reading and changing its phase, speaking to its leader. Followers and observers alike (OBS-1). */
import type { Effect } from '../effect.js'
import type { LearnerMessage } from '../message.js'
import type { Learning, LearnerPhase, Peer } from '../state.js'
import type { ClauseId } from '../clause.js'
import type { Outcome } from '../step.js'
import { become } from '../step.js'

/** A peer that follows or observes. */
export type LearnerPeer<T> = Peer<T> & { readonly role: Learning<T> }

export const isLearning = <T>(peer: Peer<T>): peer is LearnerPeer<T> =>
  peer.role.kind === 'Following' || peer.role.kind === 'Observing'

export const withPhase = <T>(peer: LearnerPeer<T>, phase: LearnerPhase<T>): LearnerPeer<T> => ({
  ...peer,
  role: { ...peer.role, phase },
})

export const sendToLeader = <T>(peer: LearnerPeer<T>, message: LearnerMessage): Effect<T> => ({
  kind: 'Send',
  to: peer.role.leader,
  side: 'leader',
  message,
})

/** Leave this leader: it is out of date, silent, or breaks the protocol. */
export const abandon = <T>(peer: Peer<T>, clauses: readonly ClauseId[]): Outcome<T> =>
  become(peer, { role: 'Looking' }, clauses)

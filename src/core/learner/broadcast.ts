/** Phase 3 at a learner: log, acknowledge, deliver in order. BCAST-2, BCAST-3, BCAST-6, OBS-2. */
import type { CoreConfig } from '../config.js'
import type { ServerId } from '../configuration.js'
import type { Effect } from '../effect.js'
import * as H from '../history.js'
import type { Entry } from '../message.js'
import * as S from '../sequence.js'
import { afterLogging, proposedBy } from '../reconfiguration.js'
import type { Completion, Peer } from '../state.js'
import { evolve, withConfigurations, withHistory } from '../state.js'
import type { Outcome } from '../step.js'
import { andThen, outcome, stay } from '../step.js'
import type { Zxid } from '../zxid.js'
import * as Z from '../zxid.js'
import { activateAtLearner } from './activation.js'
import type { LearnerPeer } from './learner.js'
import { abandon, isLearning, sendToLeader } from './learner.js'

/**
 * BCAST-2. PROPOSAL from the leader of the current epoch: a duplicate is ignored, a hole ends the allegiance, the next one
 * goes to the log. BCAST-3: its ACK waits until it, and so everything before it, is durable.
 */
export const onProposal = <T>(config: CoreConfig, peer: LearnerPeer<T>, entry: Entry<T>): Outcome<T> => {
  const { premises, plans } = config.rules
  const last = H.lastZxid(peer.history)
  if (premises['BCAST-2.duplicate'](entry.zxid, last)) return stay(peer, BCAST_2)
  if (!premises['BCAST-2.currentEpoch'](entry.zxid, peer.currentEpoch) || !premises['BCAST-2.next'](last, entry.zxid))
    return abandon(peer, BCAST_2)
  const isAckedFirst = plans['BCAST-3'][0] === 'acknowledge'
  const logged = log(
    config,
    peer,
    entry,
    isAckedFirst ? NOTHING : { kind: 'Entry', incarnation: peer.incarnation, zxid: entry.zxid },
  )
  return isAckedFirst ? { ...logged, effects: [acknowledge(peer, entry.zxid), ...logged.effects] } : logged
}

const BCAST_2 = ['BCAST-2'] as const
const BCAST_3 = ['BCAST-3', 'RECV-6'] as const
const NOTHING: Completion = { kind: 'Nothing' }

/** RECFG-4, RECV-9: a reconfiguration is seen as soon as it is in the log; its ACK waits for the disk like any other. */
const log = <T>(config: CoreConfig, peer: LearnerPeer<T>, entry: Entry<T>, completion: Completion): Outcome<T> => {
  const state = evolve(
    withConfigurations(peer, afterLogging(config, peer.configuration, entry)),
    H.append(peer.history, entry),
    peer.nextToken + 1,
    S.append(completion)(peer.pending),
    peer.role,
  )
  return outcome<T>(
    state,
    [{ kind: 'Persist', token: peer.nextToken, durable: { kind: 'Append', entries: [entry] } }],
    BCAST_2,
  )
}

/**
 * RECV-6: log records are durable, so each may be acknowledged. Apache's leader counts every zxid by itself, so one ACK for
 * all would not do (BCAST-3). An observer acknowledges nothing (OBS-2).
 */
export const onEntriesDurable = <T>(peer: LearnerPeer<T>, zxids: readonly Zxid[]): Outcome<T> =>
  peer.role.kind === 'Following'
    ? outcome<T>(
        peer,
        zxids.map((zxid) => acknowledge(peer, zxid)),
        BCAST_3,
      )
    : stay(peer)

const acknowledge = <T>(peer: LearnerPeer<T>, zxid: Zxid): Effect<T> => sendToLeader(peer, { type: 'ACK', zxid })

/**
 * BCAST-6, BCAST-7. COMMIT: it must name the next entry. It is delivered at once, also before the own fsync: a quorum has
 * it, and what this server has applied is volatile.
 */
export const onCommit = <T>(
  config: CoreConfig,
  peer: LearnerPeer<T>,
  zxid: Zxid,
  designated?: ServerId,
): Outcome<T> => {
  const next = H.nextUndelivered(peer.history)
  if (next === undefined || !config.rules.premises['BCAST-6.next'](zxid, next.zxid))
    return Z.isAfter(zxid, H.committedZxid(peer.history)) ? abandon(peer, BCAST_6) : stay(peer, BCAST_6)
  const delivered = outcome<T>(
    withHistory(peer, H.deliver(peer.history, 1, config.limits.committedWindow)),
    [{ kind: 'Deliver', entry: next }],
    BCAST_6,
  )
  const activated = proposedBy(config, next)
  return activated === undefined
    ? delivered
    : andThen(delivered, (state) =>
        isLearning(state) ? activateAtLearner(config, state, activated, designated) : stay(state),
      )
}

const BCAST_6 = ['BCAST-6', 'BCAST-7'] as const

/** OBS-2, OBS-3: INFORM is PROPOSAL and COMMIT in one. An observer logs it too, and acknowledges nothing. */
export const onInform = <T>(
  config: CoreConfig,
  peer: LearnerPeer<T>,
  entry: Entry<T>,
  designated?: ServerId,
): Outcome<T> => {
  const { premises } = config.rules
  const last = H.lastZxid(peer.history)
  if (premises['BCAST-2.duplicate'](entry.zxid, last)) return onCommit(config, peer, entry.zxid, designated)
  return premises['BCAST-2.currentEpoch'](entry.zxid, peer.currentEpoch) && premises['BCAST-2.next'](last, entry.zxid)
    ? andThen(log(config, peer, entry, NOTHING), (state) =>
        isLearning(state) ? onCommit(config, state, entry.zxid, designated) : stay(state),
      )
    : abandon(peer, ['OBS-2'])
}

/** Deliver, in order, every entry up to `zxid`. */
export const deliverUpTo = <T>(config: CoreConfig, peer: Peer<T>, zxid: Zxid): Outcome<T> => {
  const entries = H.undeliveredUpTo(peer.history, zxid)
  return entries.length === 0
    ? stay(peer)
    : outcome<T>(
        withHistory(peer, H.deliver(peer.history, entries.length, config.limits.committedWindow)),
        entries.map((entry): Effect<T> => ({ kind: 'Deliver', entry })),
        BCAST_6,
      )
}

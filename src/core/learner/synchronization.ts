/** Phase 2 at a learner: become a prefix of the leader, durably, then say so. SYNC-2, SYNC-9 … SYNC-12. */
import type { CoreConfig } from '../config.js'
import type { Configuration } from '../configuration.js'
import * as H from '../history.js'
import type { Entry, LeaderMessage } from '../message.js'
import { committedIn, fromLog, isEnabled, lastProposedBy, newest, seeing } from '../reconfiguration.js'
import * as S from '../sequence.js'
import type { Completion, LearnerPhase } from '../state.js'
import type { Outcome } from '../step.js'
import { andThen, outcome, persist, stay } from '../step.js'
import type { Epoch, Zxid } from '../zxid.js'
import * as Z from '../zxid.js'
import { deliverUpTo, onProposal } from './broadcast.js'
import { activateAtLearner } from './activation.js'
import type { LearnerPeer } from './learner.js'
import { abandon, isLearning, sendToLeader, withPhase } from './learner.js'

type Phase<T, Kind> = Extract<LearnerPhase<T>, { readonly kind: Kind }>
type SyncMessage<T> = Extract<LeaderMessage<T>, { readonly type: 'DIFF' | 'TRUNC' | 'SNAP' }>

/** DIFF, TRUNC or SNAP: the history is brought to a point that the leader's history contains. */
export const onSyncMode = <T>(config: CoreConfig, peer: LearnerPeer<T>, message: SyncMessage<T>): Outcome<T> => {
  const { phase } = peer.role
  if (phase.kind !== 'AwaitingSync') return abandon(peer, ['SYNC-1'])
  if (message.zxid.epoch > phase.epoch) return abandon(peer, ['DISC-9'])
  switch (message.type) {
    case 'DIFF':
      return stay(receiving(peer, phase.epoch), ['SYNC-4'])
    case 'TRUNC':
      return truncate(config, peer, phase.epoch, message.zxid)
    // SYNC-8, SYNC-14: the old history stays until the image and all that follows it can take its place at once. It may
    // hold what the leader is only about to send again, and a connection lost on the way must cost nothing.
    case 'SNAP':
      return stay(receiving(peer, phase.epoch, message.zxid, message.configuration), ['SYNC-4', 'SYNC-8', 'SYNC-14'])
  }
}

/** What the learner has, or is given as an image, is a prefix of the leader's committed history: it counts as committed. */
const receiving = <T>(
  peer: LearnerPeer<T>,
  epoch: Epoch,
  image?: Zxid,
  imageConfiguration?: Configuration,
): LearnerPeer<T> =>
  withPhase(peer, {
    kind: 'Receiving',
    epoch,
    batch: {
      image,
      ...(imageConfiguration === undefined ? {} : { imageConfiguration }),
      entries: S.empty(),
      committedZxid: image ?? H.lastZxid(peer.history),
    },
  })

/** SYNC-9: a truncation that cannot be carried out is fatal: going on would keep a tail that the leader does not have. */
const truncate = <T>(config: CoreConfig, peer: LearnerPeer<T>, epoch: Epoch, point: Zxid): Outcome<T> => {
  const { history } = peer
  if (!config.rules.premises['SYNC-9.possible'](H.contains(history, point), point, H.committedZxid(history)))
    return outcome<T>(
      { ...peer, role: { kind: 'Stopped' } },
      [{ kind: 'Fatal', reason: `asked to truncate to ${Z.toHex(point)}, which is not a point of this server's log` }],
      ['SYNC-9'],
    )
  const kept = H.truncate(history, point)
  // RECFG-4: a reconfiguration that is cut off has not been seen.
  const configuration = fromLog(config, peer.configuration.committed, kept)
  return persist(
    receiving({ ...peer, history: kept, configuration }, epoch),
    { kind: 'Truncate', zxid: point },
    { kind: 'Nothing' },
  )
}

/** SYNC-10, SYNC-11: PROPOSAL before the learner is synchronized: kept in order, without a hole. */
export const onBatchProposal = <T>(
  config: CoreConfig,
  peer: LearnerPeer<T>,
  phase: Phase<T, 'Receiving' | 'Acknowledging'>,
  entry: Entry<T>,
): Outcome<T> => {
  const { premises } = config.rules
  const last = S.last(phase.batch.entries)?.zxid ?? lastExpected(peer, phase)
  if (premises['BCAST-2.duplicate'](entry.zxid, last)) return stay(peer, ['BCAST-2'])
  // DISC-9: no leader has entries of an epoch after its own.
  if (entry.zxid.epoch > phase.epoch) return abandon(peer, ['DISC-9'])
  if (!premises['SYNC-11.consecutive'](last, entry.zxid) || phase.batch.entries.length >= config.limits.learnerInbox)
    return abandon(peer, ['SYNC-11'])
  return stay(withPhase(peer, { ...phase, batch: { ...phase.batch, entries: S.append(entry)(phase.batch.entries) } }), [
    'SYNC-10',
    'SYNC-13',
  ])
}

/** After which zxid the next entry is expected while the batch holds none. */
const lastExpected = <T>(peer: LearnerPeer<T>, phase: Phase<T, 'Receiving' | 'Acknowledging'>): Zxid =>
  (phase.kind === 'Acknowledging' ? phase.committed[phase.committed.length - 1]?.zxid : undefined) ??
  phase.batch.image ??
  H.lastZxid(peer.history)

/** SYNC-10: COMMIT before the learner is synchronized marks the next entry of the batch. */
export const onBatchCommit = <T>(
  config: CoreConfig,
  peer: LearnerPeer<T>,
  phase: Phase<T, 'Receiving' | 'Acknowledging'>,
  zxid: Zxid,
): Outcome<T> => {
  const { batch } = phase
  if (!Z.isAfter(zxid, batch.committedZxid)) return stay(peer, ['SYNC-10'])
  const next = S.at(
    batch.entries,
    S.lowerBound(batch.entries, (entry) => Z.isAfter(entry.zxid, batch.committedZxid)),
  )
  return next !== undefined && config.rules.premises['BCAST-6.next'](zxid, next.zxid)
    ? stay(withPhase(peer, { ...phase, batch: { ...batch, committedZxid: zxid } }), ['SYNC-10'])
    : abandon(peer, ['BCAST-6'])
}

/** NEWLEADER closes the batch: its committed part is adopted now, the rest goes the normal way after the ACK. SYNC-2, SYNC-10. */
export const onNewLeader = <T>(
  config: CoreConfig,
  peer: LearnerPeer<T>,
  epoch: Epoch,
  offered?: Configuration,
): Outcome<T> => {
  const { phase } = peer.role
  if (phase.kind !== 'Receiving' || !config.rules.premises['SYNC-2.accepted'](epoch, peer.acceptedEpoch))
    return abandon(peer, ['SYNC-2'])
  const { batch } = phase
  const count = S.lowerBound(batch.entries, (entry) => Z.isAfter(entry.zxid, batch.committedZxid))
  const seen = isEnabled(config) ? { ...peer, configuration: seeing(peer.configuration, offered) } : peer
  return continueAcknowledging(config, seen, {
    kind: 'Acknowledging',
    epoch,
    plan: config.rules.plans['SYNC-2'],
    committed: S.slice(batch.entries, 0, count),
    batch: { ...batch, entries: S.drop(count)(batch.entries) },
    ...(offered === undefined || !isEnabled(config) ? {} : { configuration: offered }),
  })
}

/**
 * SYNC-2, in the order of its plan: (1) the history is durable, (2) currentEpoch is durable, (3) ACK. Each step before the
 * ACK waits for the disk; what a plan puts after the ACK does not hold it up (that is how ZOOKEEPER-3911 looks). Entries
 * after a TRUNC go through the log as well, so their durability needs no snapshot (SYNC-15), and a crash in between leaves a
 * longer history under the old epoch, which recovers safely (SYNC-14).
 */
export const continueAcknowledging = <T>(
  config: CoreConfig,
  peer: LearnerPeer<T>,
  phase: Phase<T, 'Acknowledging'>,
): Outcome<T> => {
  const [next, ...rest] = phase.plan
  const ahead = { ...phase, plan: rest }
  const acknowledged = phase.plan.every((step) => step !== 'acknowledge')
  const completion: Completion = acknowledged ? { kind: 'Nothing' } : { kind: 'Plan', incarnation: peer.incarnation }
  const proceed = (written: Outcome<T>): Outcome<T> =>
    acknowledged
      ? andThen(written, (state) => (isLearning(state) ? continueAcknowledging(config, state, ahead) : stay(state)))
      : written
  switch (next) {
    case 'persistHistory':
      return phase.committed.length === 0 && phase.batch.image === undefined
        ? continueAcknowledging(config, peer, ahead)
        : proceed(adoptHistory(config, peer, ahead, completion))
    case 'persistCurrentEpoch':
      return proceed(
        persist(
          withPhase({ ...peer, currentEpoch: phase.epoch }, ahead),
          { kind: 'CurrentEpoch', epoch: phase.epoch },
          completion,
        ),
      )
    case 'acknowledge':
      return andThen(
        outcome<T>(
          withPhase(peer, ahead),
          [sendToLeader(peer, { type: 'ACK', zxid: Z.newLeaderZxid(phase.epoch) })],
          ['SYNC-2', 'RECV-3', 'RECV-4'],
        ),
        (state) => (isLearning(state) ? continueAcknowledging(config, state, ahead) : stay(state)),
      )
    default:
      return awaitUptodate(config, peer, phase)
  }
}

/** SYNC-2, SYNC-8: the committed part of the batch, behind the image if there is one, becomes the history. */
const adoptHistory = <T>(
  config: CoreConfig,
  peer: LearnerPeer<T>,
  { committed, batch, ...phase }: Phase<T, 'Acknowledging'>,
  completion: Completion,
): Outcome<T> => {
  const { image } = batch
  const adopted = withPhase(peer, { ...phase, committed: [], batch: { ...batch, image: undefined } })
  const history = H.appendAll(image === undefined ? peer.history : H.fromBase<T>(image), committed)
  // RECFG-4, RECFG-6: what the image says is committed, what the log says after it, and what NEWLEADER brought.
  const known = committedIn(config, peer.configuration.committed, batch.imageConfiguration)
  const configuration = seeing(fromLog(config, known, history), phase.configuration)
  if (image === undefined)
    return persist({ ...adopted, history, configuration }, { kind: 'Append', entries: committed }, completion)
  return andThen(
    outcome<T>(
      { ...adopted, history, configuration, trusted: true },
      [{ kind: 'InstallSnapshot', zxid: image }],
      ['SYNC-8'],
    ),
    (state) => persist(state, { kind: 'Snapshot', zxid: image, entries: committed }, completion),
  )
}

/** SYNC-10: proposals that had no COMMIT before NEWLEADER are ordinary ones of this epoch: logged and acknowledged now. */
const awaitUptodate = <T>(
  config: CoreConfig,
  peer: LearnerPeer<T>,
  { epoch, batch, configuration }: Phase<T, 'Acknowledging'>,
): Outcome<T> =>
  S.toArray(batch.entries).reduce<Outcome<T>>(
    (result, entry) => andThen(result, (state) => (isLearning(state) ? onProposal(config, state, entry) : stay(state))),
    stay(
      withPhase(peer, {
        kind: 'AwaitingUptodate',
        epoch,
        committedZxid: batch.committedZxid,
        ...(configuration === undefined ? {} : { configuration }),
      }),
      ['SYNC-10'],
    ),
  )

/** SYNC-10: COMMIT between NEWLEADER and UPTODATE is carried out after the start. */
export const onEarlyCommit = <T>(
  config: CoreConfig,
  peer: LearnerPeer<T>,
  phase: Phase<T, 'AwaitingUptodate'>,
  zxid: Zxid,
): Outcome<T> => {
  if (!Z.isAfter(zxid, phase.committedZxid)) return stay(peer, ['SYNC-10'])
  const next = S.at(peer.history.entries, H.indexAfter(peer.history, phase.committedZxid))
  return next !== undefined && config.rules.premises['BCAST-6.next'](zxid, next.zxid)
    ? stay(withPhase(peer, { ...phase, committedZxid: zxid }), ['SYNC-10'])
    : abandon(peer, ['BCAST-6'])
}

/** UPTODATE: the leader is established, so all that was synchronized is committed. SYNC-3, SYNC-12, ELEC-8. */
export const onUptodate = <T>(config: CoreConfig, peer: LearnerPeer<T>): Outcome<T> => {
  const { phase, kind, leader, finalVote } = peer.role
  if (phase.kind !== 'AwaitingUptodate') return phase.kind === 'Broadcasting' ? stay(peer) : abandon(peer, ['SYNC-3'])
  const { epoch } = phase
  const started: LearnerPeer<T> = {
    ...peer,
    role: {
      ...peer.role,
      phase: { kind: 'Broadcasting', epoch },
      finalVote: { ...finalVote, vote: { ...finalVote.vote, peerEpoch: epoch } },
      heard: 'heard',
    },
    service: kind === 'Observing' ? { kind: 'Observer', leader, epoch } : { kind: 'Follower', leader, epoch },
  }
  const serving = andThen(deliverUpTo(config, started, phase.committedZxid), (state) =>
    outcome<T>(
      state,
      [
        sendToLeader(started, { type: 'ACK', zxid: Z.newLeaderZxid(epoch) }),
        { kind: 'ServiceChanged', service: started.service },
        { kind: 'CancelTimer', timer: 'phase.limit' },
        { kind: 'SetTimer', timer: 'liveness', afterMs: (config.timing.syncLimit * config.timing.tickTimeMs) / 2 },
      ],
      ['SYNC-3', 'SYNC-12', 'ELEC-8'],
    ),
  )
  // RECFG-6: what has been delivered just now is committed, and what NEWLEADER brought.
  const delivered = lastProposedBy(config, H.undeliveredUpTo(started.history, phase.committedZxid))
  return andThen(serving, (state) =>
    isLearning(state) ? activateAtLearner(config, state, newest(delivered, phase.configuration)) : stay(state),
  )
}

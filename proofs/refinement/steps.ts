/**
 * Which actions of the abstract system a step in the memory of a server stands for, in their order. Only what the step did
 * is read off here; whether it was allowed, the guards of the actions decide.
 */
import type { ServerId } from '../../src/core/configuration.js'
import * as H from '../../src/core/history.js'
import type { Peer } from '../../src/core/peer.js'
import type { LeaderPhase, Leading, Learner } from '../../src/core/state.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'

export type MemoryAction =
  /** `among`: the servers that the leader has counted; any quorum of them may be the one. */
  | { readonly kind: 'startEpoch'; readonly epoch: Epoch; readonly among: readonly ServerId[] }
  | { readonly kind: 'establish'; readonly epoch: Epoch; readonly among: readonly ServerId[] }
  | { readonly kind: 'propose'; readonly epoch: Epoch; readonly zxid: Zxid; readonly transaction: unknown }
  /** The leader counts its own disk. */
  | { readonly kind: 'acknowledge'; readonly zxid: Zxid }
  | { readonly kind: 'commit'; readonly zxid: Zxid; readonly among: readonly ServerId[] }
  /**
   * The state includes everything up to there; `entries` are the last of it, one by one. `hasImage`: it may have come as an
   * image, so it may also be older than the state before.
   */
  | {
      readonly kind: 'deliver'
      readonly upTo: Zxid
      readonly entries: readonly Zxid[]
      readonly hasImage: boolean
    }

/** Roles, histories and commits that did not change give none, and most steps change none. */
export const actionsOf = (before: Peer<unknown>, after: Peer<unknown>): readonly MemoryAction[] => {
  if (before.role === after.role && before.history === after.history) return NONE
  return [...leading(before, after), ...commits(before, after), ...deliveries(before, after)]
}

const NONE: readonly never[] = []

const leading = (before: Peer<unknown>, after: Peer<unknown>): readonly MemoryAction[] => {
  const role = after.role.kind === 'Leading' ? after.role : undefined
  const former = before.role.kind === 'Leading' ? before.role : undefined
  if (role === undefined) return former === undefined ? NONE : proposals(former, before, after)
  return [
    ...starts(former, role, after.self),
    ...establishes(former, role, after.self),
    ...proposals(role, before, after),
    ...ownAcknowledgement(former, role),
  ]
}

/** The phases in which the epoch has its initial history. */
const hasStarted = (phase: LeaderPhase | undefined): boolean =>
  phase?.kind === 'StoringCurrentEpoch' || phase?.kind === 'CollectingAcks' || phase?.kind === 'Broadcasting'

/** DISC-5. */
const starts = (former: Leading | undefined, { phase, learners }: Leading, self: ServerId): readonly MemoryAction[] => {
  if (hasStarted(former?.phase) || !hasStarted(phase) || phase.kind === 'CollectingEpochs') return NONE
  const counted = (learner: Learner): boolean =>
    learner.isCounted && (learner.stage.kind !== 'AcknowledgedEpoch' || learner.stage.counts)
  const acknowledged = learners.filter(
    ({ stage }) => stage.kind === 'AcknowledgedEpoch' || stage.kind === 'Synchronizing' || stage.kind === 'Synced',
  )
  return [
    { kind: 'startEpoch', epoch: phase.epoch, among: [self, ...acknowledged.filter(counted).map(({ id }) => id)] },
  ]
}

/** SYNC-3. What the initial history holds, the leader delivers before anything else. */
const establishes = (former: Leading | undefined, role: Leading, self: ServerId): readonly MemoryAction[] => {
  const { phase, learners, committedFloor } = role
  if (phase.kind !== 'Broadcasting' || former?.phase.kind === 'Broadcasting') return NONE
  const synced = learners.filter(({ isCounted, stage }) => isCounted && stage.kind === 'Synced')
  return [
    { kind: 'establish', epoch: phase.epoch, among: [self, ...synced.map(({ id }) => id)] },
    { kind: 'deliver', upTo: committedFloor, entries: NONE, hasImage: false },
  ]
}

/** BCAST-1. */
const proposals = ({ phase }: Leading, before: Peer<unknown>, after: Peer<unknown>): readonly MemoryAction[] => {
  if (phase.kind !== 'Broadcasting' || before.history === after.history) return NONE
  const last = H.lastZxid(before.history)
  const end = H.lastZxid(after.history)
  if (!Z.isAfter(end, last)) return NONE
  return H.between(after.history, last, end).map(({ zxid, transaction }) => ({
    kind: 'propose',
    epoch: phase.epoch,
    zxid,
    transaction,
  }))
}

/** BCAST-4. */
const ownAcknowledgement = (former: Leading | undefined, { phase, ownAck }: Leading): readonly MemoryAction[] =>
  phase.kind === 'Broadcasting' &&
  ownAck.epoch === phase.epoch &&
  ownAck.counter > 0 &&
  (former === undefined || Z.isAfter(ownAck, former.ownAck))
    ? [{ kind: 'acknowledge', zxid: ownAck }]
    : NONE

/** BCAST-5: the leader has committed something of its epoch. */
const commits = (before: Peer<unknown>, after: Peer<unknown>): readonly MemoryAction[] => {
  const { role, history, self } = after
  if (role.kind !== 'Leading' || role.phase.kind !== 'Broadcasting') return NONE
  const zxid = H.committedZxid(history)
  if (zxid.epoch !== role.phase.epoch || !Z.isAfter(zxid, H.committedZxid(before.history))) return NONE
  const has = ({ isCounted, stage }: Learner): boolean =>
    isCounted && stage.kind === 'Synced' && !Z.isBefore(stage.acked, zxid)
  return [
    {
      kind: 'commit',
      zxid,
      among: [...(Z.isBefore(role.ownAck, zxid) ? NONE : [self]), ...role.learners.filter(has).map(({ id }) => id)],
    },
  ]
}

/** BCAST-6, and the image of a SNAP. */
const deliveries = (before: Peer<unknown>, after: Peer<unknown>): readonly MemoryAction[] => {
  const upTo = H.committedZxid(after.history)
  const former = H.committedZxid(before.history)
  if (Z.equals(upTo, former)) return NONE
  const from = Z.max(former, after.history.base)
  const entries = H.between(after.history, from, upTo).map(({ zxid }) => zxid)
  return [{ kind: 'deliver', upTo, entries, hasImage: holdsImage(before) }]
}

/** SYNC-8: an image has come with SNAP and waits for NEWLEADER. */
const holdsImage = ({ role }: Peer<unknown>): boolean =>
  (role.kind === 'Following' || role.kind === 'Observing') &&
  (role.phase.kind === 'Receiving' || role.phase.kind === 'Acknowledging') &&
  role.phase.batch.image !== undefined

/**
 * Which actions of the abstract system a step in the memory of a server stands for, in their order. Only what the step did
 * is read off here; whether it was allowed, the guards of the actions decide.
 */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import * as H from '../../src/core/history.js'
import type { Peer } from '../../src/core/peer.js'
import type { LeaderPhase, Leading, Learner } from '../../src/core/state.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Quorums } from './watchers.js'

export type MemoryAction =
  /** `among`: the servers that the leader has counted; any quorum of them may be the one. */
  | { readonly kind: 'startEpoch'; readonly epoch: Epoch; readonly among: readonly ServerId[] }
  | { readonly kind: 'establish'; readonly epoch: Epoch; readonly among: readonly ServerId[] }
  | {
      readonly kind: 'propose'
      readonly epoch: Epoch
      readonly zxid: Zxid
      readonly transaction: unknown
      /** That of a reconfiguration. */
      readonly configuration?: Configuration
    }
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
export const actionsOf = (
  before: Peer<unknown>,
  after: Peer<unknown>,
  quorums: Quorums = 'Fixed',
): readonly MemoryAction[] => {
  if (before.role === after.role && before.history === after.history) return NONE
  const mayCount = quorums === 'Fixed' ? isCounted : isFollower
  const ends = quorums === 'Fixed' ? wholeCommit : commitParts
  return [...leading(before, after, mayCount), ...commits(before, after, mayCount, ends), ...deliveries(before, after)]
}

const NONE: readonly never[] = []

/** Who is among those of whom a quorum is asked. */
type MayCount = (learner: Learner) => boolean

const isCounted: MayCount = (learner) => learner.isCounted

/** With its commit a reconfiguration changes whom the leader counts; whose quorum it needed, the judge knows by itself. */
const isFollower: MayCount = ({ isObserver }) => !isObserver

const leading = (before: Peer<unknown>, after: Peer<unknown>, mayCount: MayCount): readonly MemoryAction[] => {
  const role = after.role.kind === 'Leading' ? after.role : undefined
  const former = before.role.kind === 'Leading' ? before.role : undefined
  if (role === undefined) return former === undefined ? NONE : proposals(former, before, after)
  return [
    ...starts(former, role, after.self, mayCount),
    ...establishes(former, role, after.self, mayCount),
    ...proposals(role, before, after),
    ...ownAcknowledgement(former, role),
  ]
}

/** The phases in which the epoch has its initial history. */
const hasStarted = (phase: LeaderPhase | undefined): boolean =>
  phase?.kind === 'StoringCurrentEpoch' || phase?.kind === 'CollectingAcks' || phase?.kind === 'Broadcasting'

/** DISC-5. */
const starts = (
  former: Leading | undefined,
  { phase, learners }: Leading,
  self: ServerId,
  mayCount: MayCount,
): readonly MemoryAction[] => {
  if (hasStarted(former?.phase) || !hasStarted(phase) || phase.kind === 'CollectingEpochs') return NONE
  const counted = (learner: Learner): boolean =>
    mayCount(learner) && (learner.stage.kind !== 'AcknowledgedEpoch' || learner.stage.counts)
  const acknowledged = learners.filter(
    ({ stage }) => stage.kind === 'AcknowledgedEpoch' || stage.kind === 'Synchronizing' || stage.kind === 'Synced',
  )
  return [
    { kind: 'startEpoch', epoch: phase.epoch, among: [self, ...acknowledged.filter(counted).map(({ id }) => id)] },
  ]
}

/** SYNC-3. What the initial history holds, the leader delivers before anything else. */
const establishes = (
  former: Leading | undefined,
  role: Leading,
  self: ServerId,
  mayCount: MayCount,
): readonly MemoryAction[] => {
  const { phase, learners, committedFloor } = role
  if (phase.kind !== 'Broadcasting' || former?.phase.kind === 'Broadcasting') return NONE
  const synced = learners.filter((learner) => mayCount(learner) && learner.stage.kind === 'Synced')
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
  return H.between(after.history, last, end).map(({ zxid, transaction, configuration }) => ({
    kind: 'propose',
    epoch: phase.epoch,
    zxid,
    transaction,
    ...(configuration === undefined ? {} : { configuration }),
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
const commits = (
  before: Peer<unknown>,
  after: Peer<unknown>,
  mayCount: MayCount,
  ends: CommitEnds,
): readonly MemoryAction[] => {
  const { role, history, self } = after
  if (role.kind !== 'Leading' || role.phase.kind !== 'Broadcasting') return NONE
  const last = H.committedZxid(history)
  if (last.epoch !== role.phase.epoch || !Z.isAfter(last, H.committedZxid(before.history))) return NONE
  return ends(before.history, last).map((zxid) => {
    const has = (learner: Learner): boolean =>
      mayCount(learner) && learner.stage.kind === 'Synced' && !Z.isBefore(learner.stage.acked, zxid)
    return {
      kind: 'commit',
      zxid,
      among: [...(Z.isBefore(role.ownAck, zxid) ? NONE : [self]), ...role.learners.filter(has).map(({ id }) => id)],
    }
  })
}

/** Where the commits end that one step up to `last` consists of. */
type CommitEnds = (before: H.History<unknown>, last: Zxid) => readonly Zxid[]

const wholeCommit: CommitEnds = (_, last) => [last]

/** RECFG-3: before a reconfiguration, with it, and after it other quorums are asked. So no commit steps over one. */
const commitParts: CommitEnds = (before, last) => {
  const entries = H.between(before, H.committedZxid(before), last).filter(({ zxid }) => zxid.epoch === last.epoch)
  const borders = entries.filter((entry, index) =>
    [entry, entries[index + 1]].some((other) => other?.configuration !== undefined),
  )
  const ends = borders.map(({ zxid }) => zxid).filter((zxid) => !Z.equals(zxid, last))
  return [...ends, last]
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

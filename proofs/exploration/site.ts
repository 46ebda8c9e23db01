/**
 * One server with its disk, as part of an explored state, in a normal form: what makes no difference to anything that is
 * explored looks the same.
 */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { Durable, DurableState } from '../../src/core/effect.js'
import type { Peer } from '../../src/core/peer.js'
import * as S from '../../src/core/sequence.js'
import type { Completion, FinalVote, Looking, Role } from '../../src/core/state.js'
import type { Epoch } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { WatchedDisk } from '../refinement/disk.js'
import { textOf } from './intern.js'

/** Explored transactions are numbers: the first one submitted is 1. */
export type Transaction = number

/** A write that is not synced yet, the epoch that it was written in and the leader it was written for. */
export interface Write {
  readonly durable: Durable<Transaction>
  readonly epoch: Epoch
  readonly leader: ServerId
  /** Of an image: the configuration that is in force in it, where configurations change. */
  readonly image?: Configuration
}

export interface Site {
  readonly peer: Peer<Transaction>
  readonly disk: DurableState<Transaction>
  /** Oldest first; the peer waits for as many answers. */
  readonly writes: readonly Write[]
}

export const emptyDisk: DurableState<Transaction> = {
  acceptedEpoch: 0,
  currentEpoch: 0,
  base: Z.ZERO,
  entries: S.empty(),
  trusted: true,
}

// --- the normal form

/**
 * The peer with everything set to one value that only elections, clocks and the identity of objects depend on:
 * - round, final vote and what a looking server has heard: an oracle replaces the election (fast.ts, where none does);
 * - tokens count from 1, and the incarnation is 0: what an earlier role waits for is waited for by nobody;
 * - signs of life, lag marks and attempts at connecting: timers fire within the budget, whatever these say;
 * - the order of learners, and the chunks of sequences.
 */
export const canonical = (peer: Peer<Transaction>): Peer<Transaction> => ({
  ...peer,
  history: { ...peer.history, entries: S.fromArray(S.toArray(peer.history.entries)) },
  round: 0,
  incarnation: 0,
  nextToken: peer.pending.length + 1,
  pending: S.fromArray(S.toArray(peer.pending).map((completion) => canonicalCompletion(peer, completion))),
  role: canonicalRole(peer.role),
})

const canonicalCompletion = (peer: Peer<Transaction>, completion: Completion): Completion =>
  completion.kind === 'Nothing' || completion.incarnation !== peer.incarnation
    ? { kind: 'Nothing' }
    : { ...completion, incarnation: 0 }

const canonicalRole = (role: Role<Transaction>): Role<Transaction> => {
  switch (role.kind) {
    case 'Stopped':
      return role
    case 'Looking':
      return { ...looking, waiting: role.waiting }
    case 'Following':
    case 'Observing':
      return {
        ...role,
        finalVote: voteFor(role.leader),
        heard: 'heard',
        phase:
          role.phase.kind === 'Connecting' || role.phase.kind === 'AwaitingLeaderInfo'
            ? { ...role.phase, attemptsLeft: ATTEMPTS }
            : 'batch' in role.phase
              ? {
                  ...role.phase,
                  batch: { ...role.phase.batch, entries: S.fromArray(S.toArray(role.phase.batch.entries)) },
                }
              : role.phase,
      }
    case 'Leading':
      return {
        ...role,
        finalVote: voteFor(role.finalVote.vote.leader),
        lagMark: Z.ZERO,
        learners: role.learners
          .map((learner) => ({ ...learner, heard: 'heard' as const, isLingering: false }))
          .sort((a, b) => a.id - b.id),
      }
  }
}

const ATTEMPTS = 20

export const voteFor = (leader: ServerId): FinalVote => ({ vote: { leader, zxid: Z.ZERO, peerEpoch: 0 }, round: 0 })

/** But for who waits: those may have dialled while it led. */
const looking: Looking = {
  kind: 'Looking',
  proposal: { leader: 0, zxid: Z.ZERO, peerEpoch: 0 },
  received: new Map(),
  outOfElection: new Map(),
  resendAfterMs: 0,
  finalizing: true,
  waiting: new Map(),
}

/** Equal for equal sites in the normal form. The configuration never changes, so it is left out. */
export const siteText = ({ peer, disk, writes }: Site): string => textOf([{ ...peer, configuration: 0 }, disk, writes])

/** The same where configurations change. */
export const wholeSiteText = ({ peer, disk, writes }: Site): string => textOf([peer, disk, writes])

// --- the disk

export const write = (
  disk: DurableState<Transaction>,
  { durable, image = disk.configuration }: Pick<Write, 'durable' | 'image'>,
): DurableState<Transaction> => {
  const entries = S.toArray(disk.entries)
  switch (durable.kind) {
    case 'AcceptedEpoch':
      return { ...disk, acceptedEpoch: durable.epoch }
    case 'CurrentEpoch':
      return { ...disk, currentEpoch: durable.epoch }
    case 'Append':
      return { ...disk, entries: S.fromArray([...entries, ...durable.entries]) }
    case 'Truncate':
      return { ...disk, entries: S.fromArray(entries.filter(({ zxid }) => !Z.isAfter(zxid, durable.zxid))) }
    case 'Snapshot':
      return {
        ...disk,
        base: durable.zxid,
        entries: S.fromArray(durable.entries),
        ...(image === undefined ? {} : { configuration: image }),
      }
    case 'Configuration':
      return { ...disk, configuration: durable.configuration }
  }
}

/** As the refinement looks at it. */
export const watched = ({ disk, writes }: Pick<Site, 'disk' | 'writes'>): WatchedDisk => ({
  acceptedEpoch: disk.acceptedEpoch,
  currentEpoch: disk.currentEpoch,
  log: [disk.base, ...S.toArray(disk.entries).map(({ zxid }) => zxid)],
  pending: writes,
})

// --- reading

/** Does the server have an open connection to the leader that it follows? */
export const isLinked = ({ role }: Peer<Transaction>): boolean =>
  role.kind === 'Following' && role.phase.kind !== 'Connecting'

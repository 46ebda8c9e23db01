/**
 * Looks out for the marks in one run after another. What servers do is seen at each of their steps, what their disks lose by
 * an observer of the world. (Effects count as done also in a step that a crash cuts short.)
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { Durable } from '../../src/core/effect.js'
import * as H from '../../src/core/history.js'
import type { Peer } from '../../src/core/peer.js'
import * as S from '../../src/core/sequence.js'
import type { Leading, Role } from '../../src/core/state.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Packet } from '../../src/server/packet.js'
import type { ServerEvent } from '../../src/server/event.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Observe, Observer } from '../observer.js'
import type { Watch } from './execute.js'
import { watchClients } from './lookout-clients.js'
import { watchOperators } from './lookout-operators.js'
import type { Hit } from './marks.js'

type State = Peer<Transaction>

export interface Lookout {
  readonly watch: Watch
  readonly observe: Observe<Transaction>
}

/** What it knows of a run is forgotten when the next world is made. */
export const makeLookout = (hit: Hit): Lookout => {
  let run = freshRun()
  let clients = watchClients(hit)
  let operators = watchOperators(hit)
  return {
    watch: (config, before, event, now, made) => {
      const { self } = config.core
      const after = made.server
      if (event.kind === 'Received') onPacket(hit, before.peer, event.packet, after.peer)
      if (before.peer.role !== after.peer.role) onRole(hit, run, before.peer, event, after.peer)
      if (before.peer.history !== after.peer.history) onHistory(hit, run, before.peer, after.peer)
      onService(hit, run, self, before.peer, after.peer)
      for (const effect of made.effects) {
        if (effect.kind === 'Send') onSend(hit, after.peer, effect.packet)
        if (effect.kind === 'SaveSnapshot') hit('imageStored')
      }
      clients(config, before, event, now, made)
      operators.watch(config, before, event, now, made)
    },
    observe: ({ voters }) => {
      run = freshRun()
      clients = watchClients(hit)
      operators = watchOperators(hit)
      const { crashed } = operators
      const own = disks(hit, run)
      return {
        ...own,
        crashed: (server) => {
          own.crashed(server)
          crashed(server)
        },
        replaced: watchReplacements(hit, voters),
      }
    },
  }
}

// --- what is remembered of a run

interface RunSoFar {
  committed: Zxid
  /** Established leaders. */
  readonly leaders: Set<ServerId>
  readonly roles: Map<ServerId, Role<Transaction>>
  /** Rounds of election that a server has seen since it last served. */
  readonly rounds: Map<ServerId, number>
}

const freshRun = (): RunSoFar => ({ committed: Z.ZERO, leaders: new Set(), roles: new Map(), rounds: new Map() })

// --- messages

const onPacket = (hit: Hit, before: State, packet: Packet, after: State): void => {
  switch (packet.type) {
    case 'TRUNC':
      hit('trunc')
      return
    case 'SNAP':
      hit('snap')
      return
    case 'NEWLEADER':
      onNewLeader(hit, before.role)
      return
    case 'LEADERINFO':
      if (packet.epoch < before.acceptedEpoch && after.role.kind === 'Looking') hit('refused')
      return
    case 'FOLLOWERINFO':
      if (hasEpoch(before.role) && after.role.kind === 'Looking') hit('promisedLater')
      return
    case 'ACKEPOCH':
      if (before.role.kind === 'Leading' && after.role.kind === 'Looking') hit('followerAhead')
      return
    case 'INFORM':
      if (Z.isAfter(H.committedZxid(after.history), H.committedZxid(before.history))) hit('inform')
      return
    case 'REQUEST':
      hit('forwarded')
      return
    default:
  }
}

/** Of a leader that has chosen its epoch. */
const hasEpoch = (role: Role<Transaction>): boolean => role.kind === 'Leading' && role.phase.kind !== 'CollectingEpochs'

const onNewLeader = (hit: Hit, role: Role<Transaction>): void => {
  if ((role.kind !== 'Following' && role.kind !== 'Observing') || role.phase.kind !== 'Receiving') return
  const { image, entries } = role.phase.batch
  if (image === undefined) hit(entries.length === 0 ? 'emptyDiff' : 'diff')
}

const onSend = (hit: Hit, after: State, packet: Packet): void => {
  if (packet.type === 'ACKEPOCH' && packet.currentEpoch === -1) hit('notCounted')
  if (packet.type === 'SNAP' && isLeadingNow(after) && inFlight(after) > 0) hit('snapUnderLoad')
}

// --- roles

const onRole = (hit: Hit, run: RunSoFar, before: State, event: ServerEvent, after: State): void => {
  run.roles.set(after.self, after.role)
  if (after.role.kind === 'Looking') {
    if (after.role.waiting.size > 0) hit('earlyLearner')
    countRounds(hit, run, before, after)
  }
  if (
    before.role.kind === 'Looking' &&
    after.role.kind === 'Leading' &&
    Z.isAfter(H.lastZxid(after.history), run.committed)
  )
    hit('uncommittedTail')
  if (before.role.kind !== 'Leading' || event.kind !== 'TimerFired') return
  if (after.role.kind === 'Looking' && event.timer === 'leader.ping') hit('stepsDown')
  if (after.role.kind === 'Leading' && after.role.learners.length < before.role.learners.length) hit('dropsSilent')
}

const ROUNDS = 3

const countRounds = (hit: Hit, run: RunSoFar, before: State, after: State): void => {
  if (after.round === before.round) return
  const rounds = (run.rounds.get(after.self) ?? 0) + 1
  run.rounds.set(after.self, rounds)
  if (rounds === ROUNDS) hit('threeRounds')
}

const onService = (hit: Hit, run: RunSoFar, self: ServerId, before: State, after: State): void => {
  if (before.service === after.service) return
  if (after.service.kind !== 'NotServing') run.rounds.delete(self)
  if (after.service.kind === 'Observer') hit('observerSynchronized')
  if (after.service.kind === 'Leader') run.leaders.add(self)
  else run.leaders.delete(self)
  if (run.leaders.size > 1) hit('twoLeaders')
}

// --- histories

type LeadingState = State & { readonly role: Leading }

const isLeadingNow = (peer: State): peer is LeadingState =>
  peer.role.kind === 'Leading' && peer.role.phase.kind === 'Broadcasting'

/** Proposals that are not committed. */
const inFlight = ({ history }: State): number => history.entries.length - history.delivered

const PIPELINE = 5
const THIRD_EPOCH = 3

const onHistory = (hit: Hit, run: RunSoFar, before: State, after: State): void => {
  const committed = H.committedZxid(after.history)
  const isFurther = Z.isAfter(committed, H.committedZxid(before.history))
  if (isFurther && Z.isAfter(committed, run.committed)) run.committed = committed
  if (isLeadingNow(after)) onLeaderHistory(hit, before, after, isFurther)
  else if (isFurther && after.role.kind === 'Following' && isOwnRecordPending(after, committed))
    hit('deliveredBeforeSync')
}

const onLeaderHistory = (hit: Hit, before: State, after: LeadingState, isFurther: boolean): void => {
  const count = inFlight(after)
  if (count > inFlight(before)) {
    if (count === 2) hit('twoInFlight')
    if (count === PIPELINE) hit('pipeline')
  }
  const committed = H.committedZxid(after.history)
  if (!isFurther || committed.counter === 0 || committed.epoch !== after.currentEpoch) return
  hit('commit')
  if (committed.epoch >= THIRD_EPOCH) hit('thirdEpoch')
  if (Z.isBefore(after.role.ownAck, committed)) hit('committedByOthers')
}

const isOwnRecordPending = ({ pending }: State, zxid: Zxid): boolean =>
  S.toArray(pending).some((completion) => completion.kind === 'Entry' && !Z.isAfter(completion.zxid, zxid))

// --- disks and crashes

/** What each server has written and not synced, and the kind of its last write that is durable. */
const disks = (hit: Hit, run: RunSoFar): Omit<Observer<Transaction>, 'replaced'> => {
  const pending = new Map<ServerId, readonly Durable<Transaction>[]>()
  const last = new Map<ServerId, Durable<Transaction>['kind']>()
  const pendingOf = (server: ServerId): readonly Durable<Transaction>[] => pending.get(server) ?? []
  return {
    started: (server, { base }) => {
      run.roles.delete(server)
      run.rounds.delete(server)
      if (!Z.equals(base, Z.ZERO)) hit('imageRestart')
    },
    stepped: () => undefined,
    sent: () => undefined,
    written: (server, durable) => pending.set(server, [...pendingOf(server), durable]),
    synced: (server, durable) => {
      last.set(server, durable.kind)
      pending.set(server, pendingOf(server).slice(1))
    },
    crashed: (server) => {
      const lost = pendingOf(server)
      if (lost.some(({ kind }) => kind === 'Append')) hit('suffixLost')
      if (lost.some(({ kind }) => kind === 'AcceptedEpoch')) hit('promiseLost')
      if (lost[0]?.kind === 'CurrentEpoch' && isOfHistory(last.get(server))) hit('window')
      pending.delete(server)
      onCrash(hit, run, server)
    },
  }
}

const isOfHistory = (kind: Durable<Transaction>['kind'] | undefined): boolean =>
  kind === 'Append' || kind === 'Truncate' || kind === 'Snapshot'

const onCrash = (hit: Hit, run: RunSoFar, server: ServerId): void => {
  if (run.roles.get(server)?.kind === 'Leading') hit(run.leaders.has(server) ? 'leaderCrash' : 'prospectiveCrash')
  run.leaders.delete(server)
}

/** Of voters, who is without a vote. */
const watchReplacements = (hit: Hit, voters: readonly ServerId[]): Observer<Transaction>['replaced'] => {
  const resting = new Set<ServerId>()
  return (server, { acceptedEpoch, base, entries }, by) => {
    if (by === 'member' && resting.delete(server)) return hit('votesAgain')
    const isEmpty = acceptedEpoch === 0 && Z.equals(base, Z.ZERO) && S.isEmpty(entries)
    hit(isEmpty ? 'emptyDisk' : 'olderDisk')
    if (by === 'member') hit('untoldLost')
    else if (voters.includes(server)) resting.add(server)
  }
}

/**
 * The one door of the core: `step` takes an event and gives the next state, the effects and the clauses that justify them.
 *
 * Each event is handed to the role it concerns; a role change that the role asks for is made here, in `enter`, and nowhere
 * else.
 */
import type { CoreConfig } from './config.js'
import type { ServerId } from './configuration.js'
import type { DurableState, Effect, Service, Token } from './effect.js'
import { onFinalize, onNotification, onResend, startElection } from './election/election.js'
import type { Event } from './event.js'
import * as H from './history.js'
import { nextZxid as nextProposal, onOwnEntriesDurable, onSubmitted } from './leader/broadcast.js'
import { disconnect, isLeading } from './leader/learners.js'
import { onReconfiguration } from './leader/reconfigure.js'
import { onConnected as onLearnerConnected, startLeading } from './leader/discovery.js'
import { onLeaderPlanDurable, onLeaderTimer, onLearnerGone, onLearnerMessage } from './leader/leading.js'
import { onLeaderConnected, onLeaderGone, startLearning } from './learner/discovery.js'
import { isLearning } from './learner/learner.js'
import { onEntriesDurable as onLoggedEntriesDurable } from './learner/broadcast.js'
import { onLeaderMessage, onLearnerPlanDurable, onLearnerTimer } from './learner/learning.js'
import type { QuorumMessage } from './message.js'
import { fromLog, recovered as recoveredConfiguration } from './reconfiguration.js'
import * as S from './sequence.js'
import type { Completion, LearnerInfo, Looking, Peer } from './state.js'
import { withPending } from './state.js'
import type { Outcome, Step } from './step.js'
import { andThen, forEach, outcome, stay } from './step.js'
import type { TimerName } from './timer.js'
import type { Zxid } from './zxid.js'
import * as Z from './zxid.js'

export { canReconfigure } from './leader/reconfigure.js'
export type { Peer } from './state.js'
export type { Step } from './step.js'

const NOT_SERVING: Service = { kind: 'NotServing' }

/** A server before its start: it waits for Started. */
export const initial = <T>(config: CoreConfig): Peer<T> => ({
  self: config.self,
  configuration: { committed: config.ensemble, lastSeen: config.ensemble },
  acceptedEpoch: 0,
  currentEpoch: 0,
  history: H.fromBase(Z.ZERO),
  trusted: true,
  round: 0,
  incarnation: 0,
  nextToken: 1,
  pending: S.empty(),
  role: { kind: 'Stopped' },
  service: NOT_SERVING,
})

/** The whole protocol: one event in; the next state, the effects and the clauses out. Total: it never throws. */
export const step = <T>(config: CoreConfig, peer: Peer<T>, event: Event<T>): Step<T> => {
  const result = handle(config, peer, event)
  return result.become === undefined ? result : enter(config, result)
}

const handle = <T>(config: CoreConfig, peer: Peer<T>, event: Event<T>): Outcome<T> => {
  switch (event.kind) {
    case 'Started':
      return onStarted(config, peer, event.durable)
    case 'Notified':
      return onNotification(config, peer, event.from, event.notification)
    case 'Connected':
      return event.side === 'leader' ? onDialled(peer, event.from) : onAccepted(peer, event.from)
    case 'Disconnected':
      return event.side === 'leader' ? onLostLeader(config, peer, event.from) : onLostLearner(peer, event.from)
    case 'Received':
      return event.side === 'leader'
        ? isLearning(peer) && peer.role.leader === event.from
          ? onLeaderMessage(config, peer, event.message)
          : stay(peer)
        : onFromLearner(config, peer, event.from, event.message)
    case 'TimerFired':
      return onTimer(config, peer, event.timer)
    case 'Persisted':
      return onPersisted(config, peer, event.token)
    case 'Submitted':
      return event.configuration === undefined
        ? onSubmitted(config, peer, event.transaction)
        : onReconfiguration(config, peer, event.transaction, event.configuration)
  }
}

// --- start

/** RECV-10, RECV-12: start from what the disk has, all of it fsynced; refuse what no crash can explain. */
const onStarted = <T>(config: CoreConfig, peer: Peer<T>, durable: DurableState<T>): Outcome<T> => {
  if (!config.rules.premises['RECV-10.consistent'](durable.acceptedEpoch, durable.currentEpoch))
    return outcome<T>(
      peer,
      [
        {
          kind: 'Fatal',
          reason: `acceptedEpoch ${durable.acceptedEpoch} is less than currentEpoch ${durable.currentEpoch}`,
        },
      ],
      ['RECV-10'],
    )
  const history: H.History<T> = { base: durable.base, entries: durable.entries, delivered: 0 }
  const recovered: Peer<T> = {
    ...peer,
    acceptedEpoch: durable.acceptedEpoch,
    currentEpoch: durable.currentEpoch,
    history,
    configuration: fromLog(config, recoveredConfiguration(config, durable.configuration), history),
    trusted: durable.trusted,
  }
  return { state: recovered, effects: [], clauses: RECOVERED, become: { role: 'Looking' } }
}

const RECOVERED = ['RECV-10', 'RECV-12', 'RECV-13'] as const

// --- roles

/** Every change of role: leave the old one, close what belonged to it, enter the new one. BCAST-9. */
const enter = <T>(config: CoreConfig, { become, ...before }: Outcome<T>): Step<T> => {
  if (become === undefined) return before
  const old = before.state
  const left = outcome<T>(
    { ...old, incarnation: old.incarnation + 1, service: NOT_SERVING },
    [...before.effects, ...leave(old), ...(old.service.kind === 'NotServing' ? [] : [notServing])],
    before.clauses,
  )
  const waiting = old.role.kind === 'Looking' ? old.role.waiting : new Map<ServerId, LearnerInfo | undefined>()
  const entered = andThen(left, (state): Outcome<T> => {
    switch (become.role) {
      case 'Looking':
        return startElection(config, state, waiting)
      case 'Leading':
        return startLeading(config, state, become.finalVote, waiting)
      case 'Learning':
        return andThen(outcome(state, [...waiting.keys()].map(disconnect<T>)), (s) =>
          startLearning(config, s, become.leader, become.finalVote),
        )
    }
  })
  return enter(config, entered)
}

const notServing = { kind: 'ServiceChanged', service: NOT_SERVING } as const

const cancel = <T>(timers: readonly TimerName[]): readonly Effect<T>[] =>
  timers.map((timer) => ({ kind: 'CancelTimer', timer }))

/** What must not outlive a role: its connections and timers. Persist effects stay: the disk finishes them in order. */
const leave = <T>({ role }: Peer<T>): readonly Effect<T>[] => {
  switch (role.kind) {
    case 'Stopped':
      return []
    case 'Looking':
      return cancel(['election.resend', 'election.finalize'])
    case 'Following':
    case 'Observing':
      return [
        { kind: 'Disconnect', from: role.leader, side: 'leader' },
        ...cancel<T>(['phase.limit', 'liveness', 'learner.reconnect']),
      ]
    case 'Leading':
      return [
        ...role.learners.map(({ id }) => disconnect<T>(id)),
        ...cancel<T>(['phase.limit', 'liveness', 'leader.ping']),
      ]
  }
}

// --- connections

const onDialled = <T>(peer: Peer<T>, from: ServerId): Outcome<T> =>
  isLearning(peer) && peer.role.leader === from
    ? onLeaderConnected(peer)
    : outcome<T>(peer, [{ kind: 'Disconnect', from, side: 'leader' }])

const onLostLeader = <T>(config: CoreConfig, peer: Peer<T>, from: ServerId): Outcome<T> =>
  isLearning(peer) && peer.role.leader === from ? onLeaderGone(config, peer) : stay(peer)

/** A server that is still looking lets learners wait: they may have learned sooner than itself that it leads. */
const onAccepted = <T>(peer: Peer<T>, from: ServerId): Outcome<T> => {
  const { role } = peer
  if (isLeading(peer)) return onLearnerConnected(peer, from)
  return role.kind === 'Looking' ? stay(withWaiting(peer, role, from, undefined)) : outcome(peer, [disconnect(from)])
}

const onLostLearner = <T>(peer: Peer<T>, from: ServerId): Outcome<T> => {
  const { role } = peer
  if (isLeading(peer)) return onLearnerGone(peer, from)
  if (role.kind !== 'Looking') return stay(peer)
  return stay({ ...peer, role: { ...role, waiting: new Map([...role.waiting].filter(([id]) => id !== from)) } })
}

const onFromLearner = <T>(config: CoreConfig, peer: Peer<T>, from: ServerId, message: QuorumMessage<T>): Outcome<T> => {
  const { role } = peer
  if (isLeading(peer)) return onLearnerMessage(config, peer, from, message)
  return role.kind === 'Looking' && message.type === 'FOLLOWERINFO' && role.waiting.has(from)
    ? stay(withWaiting(peer, role, from, message))
    : stay(peer)
}

const withWaiting = <T>(peer: Peer<T>, role: Looking, from: ServerId, info: LearnerInfo | undefined): Peer<T> => ({
  ...peer,
  role: { ...role, waiting: new Map([...role.waiting, [from, info] as const]) },
})

// --- timers and durability

const onTimer = <T>(config: CoreConfig, peer: Peer<T>, timer: TimerName): Outcome<T> => {
  const { role } = peer
  if (isLeading(peer)) return onLeaderTimer(config, peer, timer)
  if (isLearning(peer)) return onLearnerTimer(config, peer, timer)
  if (role.kind !== 'Looking') return stay(peer)
  switch (timer) {
    case 'election.resend':
      return onResend(config, peer, role)
    case 'election.finalize':
      return onFinalize(config, peer, role)
    default:
      return stay(peer)
  }
}

/**
 * Everything up to `token` is durable. RECV-1 … RECV-6: only now may be said what depends on it. What was waiting in an
 * earlier role is forgotten: that role can no longer speak.
 */
const onPersisted = <T>(config: CoreConfig, peer: Peer<T>, token: Token): Outcome<T> => {
  const oldest = peer.nextToken - peer.pending.length
  const count = Math.min(token - oldest + 1, peer.pending.length)
  if (count <= 0) return stay(peer)
  const state = withPending(peer, S.drop(count)(peer.pending))
  const mine = S.slice(peer.pending, 0, count).filter(isOf(peer.incarnation))
  const plans = mine.filter((completion) => completion.kind === 'Plan')
  const zxids = mine.flatMap((completion) => (completion.kind === 'Entry' ? [completion.zxid] : []))
  // A plan ends before the first record of its role is logged, so plans come first.
  return andThen(
    forEach(state, plans, (current) => onPlanDurable(config, current)),
    (current) => (zxids.length === 0 ? stay(current) : onEntriesDurable(config, current, zxids)),
  )
}

const isOf =
  (incarnation: number) =>
  (completion: Completion): boolean =>
    completion.kind !== 'Nothing' && completion.incarnation === incarnation

const onPlanDurable = <T>(config: CoreConfig, peer: Peer<T>): Outcome<T> => {
  if (isLeading(peer)) return onLeaderPlanDurable(config, peer)
  return isLearning(peer) ? onLearnerPlanDurable(config, peer) : stay(peer)
}

/** Records of the broadcast phase, oldest first. */
const onEntriesDurable = <T>(config: CoreConfig, peer: Peer<T>, zxids: readonly Zxid[]): Outcome<T> => {
  if (isLeading(peer)) return onOwnEntriesDurable(config, peer, zxids)
  return isLearning(peer) ? onLoggedEntriesDurable(peer, zxids) : stay(peer)
}

// --- reading

/** The zxid that a transaction submitted now would get; undefined on all but an established leader that can go on. BCAST-1. */
export const nextZxid = <T>(config: CoreConfig, peer: Peer<T>): Zxid | undefined => nextProposal(config, peer)

/** What the server is for its clients now. */
export const serviceOf = <T>(peer: Peer<T>): Service => peer.service

/** The last zxid delivered or installed; ⟨epoch, 0⟩ counts once the server serves in that epoch. */
export const lastProcessed = <T>(peer: Peer<T>): Zxid =>
  peer.service.kind === 'NotServing'
    ? H.committedZxid(peer.history)
    : Z.max(H.committedZxid(peer.history), Z.newLeaderZxid(peer.service.epoch))

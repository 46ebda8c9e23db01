/**
 * Bugs that are no choice of the rules, at the grain of the core: what its step has led to is bent a little. They are the
 * mistakes of claims.ts, counter.ts and synchronization.ts, for exploration, which has the core without its server.
 */
import type { Effect } from '../../src/core/effect.js'
import * as H from '../../src/core/history.js'
import type { QuorumMessage } from '../../src/core/message.js'
import type { Peer, Step } from '../../src/core/peer.js'
import { step } from '../../src/core/peer.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { CoreProgram } from '../exploration/program.js'
import { claimAfter, withClaimedSummary } from './claims.js'
import { runOver } from './counter.js'
import { cutTooFar, isLastCommit } from './synchronization.js'
import { withWordBeforeHistory } from './variations.js'

// --- what is bent

/** Messages as they are, others instead, or none. */
const sending = <T>(
  after: Step<T>,
  bend: (message: QuorumMessage<T>, to: number) => QuorumMessage<T> | undefined,
): Step<T> => ({
  ...after,
  effects: after.effects.flatMap((effect): readonly Effect<T>[] => {
    if (effect.kind !== 'Send') return [effect]
    const message = bend(effect.message, effect.to)
    return message === undefined ? [] : [{ ...effect, message }]
  }),
})

interface Claiming {
  readonly claim?: Zxid
}

// --- claims

/** ZOOKEEPER-790. The claim is kept beside the state, and lost with the process. */
export const leaderZxidTooSoon: CoreProgram = (config, before, event) => {
  const after = step(config, before, event)
  // Every state of this program was made here.
  const claim = claimAfter(after.state, event.kind === 'Started' ? Z.ZERO : ((before as Claiming).claim ?? Z.ZERO))
  const bent = Z.isAfter(claim, H.lastZxid(after.state.history))
    ? sending({ ...after, state: withClaimedSummary(before, after.state, claim) }, (message) =>
        message.type === 'ACKEPOCH' ? { ...message, lastZxid: claim } : message,
      )
    : after
  return { ...bent, state: withClaim(bent.state, claim) }
}

const withClaim = <T>(peer: Peer<T>, claim: Zxid): Peer<T> & Claiming => ({ ...peer, claim })

/** ZOOKEEPER-2845. Who stops serving goes on with what it has applied, whatever its log holds behind it. */
export const memoryKept: CoreProgram = (config, before, event) => {
  const after = step(config, before, event)
  const { state } = after
  const hasStopped = before.service.kind !== 'NotServing' && state.service.kind === 'NotServing'
  return hasStopped
    ? { ...after, state: { ...state, history: H.truncate(state.history, H.committedZxid(state.history)) } }
    : after
}

// --- synchronization

/** ZOOKEEPER-962. */
export const batchReadEarlier: CoreProgram = (config, before, event) => {
  const after = step(config, before, event)
  const { role } = after.state
  if (role.kind !== 'Leading' || role.phase.kind !== 'Broadcasting') return after
  const { epoch } = role.phase
  const messagesTo = (to: number): readonly QuorumMessage<unknown>[] =>
    after.effects.flatMap((effect) => (effect.kind === 'Send' && effect.to === to ? [effect.message] : []))
  return sending(after, (message, to) => (isLastCommit(message, messagesTo(to), epoch) ? undefined : message))
}

/** ZOOKEEPER-1156. */
export const truncatedTooFar: CoreProgram = <T>(...[config, before, event]: Parameters<typeof step<T>>): Step<T> => {
  const after = step(config, before, event)
  return {
    ...after,
    effects: after.effects.map((effect) =>
      effect.kind === 'Persist' ? { ...effect, durable: cutTooFar(effect.durable, after.state.history) } : effect,
    ),
  }
}

/** ZOOKEEPER-1551. */
export const observerForgets: CoreProgram = (config, before, event) => {
  const { role } = before
  const isForgotten =
    event.kind === 'Received' &&
    event.side === 'leader' &&
    event.message.type === 'INFORM' &&
    role.kind === 'Observing' &&
    (role.phase.kind === 'Receiving' || role.phase.kind === 'Acknowledging' || role.phase.kind === 'AwaitingUptodate')
  return isForgotten ? { state: before, effects: [], clauses: [] } : step(config, before, event)
}

/**
 * ZOOKEEPER-3104. A learner that is sent an image stores the epoch and answers before the image is on its disk. The core's
 * disk takes an image as a whole, so one that is cut off half way is none.
 */
export const imageOvertaken: CoreProgram = (config, before, event) => {
  const { role } = before
  const hasImage =
    (role.kind === 'Following' || role.kind === 'Observing') &&
    (role.phase.kind === 'Receiving' || role.phase.kind === 'Acknowledging') &&
    role.phase.batch.image !== undefined
  return step(hasImage ? { ...config, rules: withWordBeforeHistory(config.rules) } : config, before, event)
}

// --- the counter

/** So narrow that the second transaction of an epoch runs over. */
const LAST_COUNTER = 1

/** ZOOKEEPER-1277. */
export const carries: CoreProgram = (config, before, event) => {
  const after = step(config, before, event)
  return { ...after, state: runOver(after.state, LAST_COUNTER) }
}

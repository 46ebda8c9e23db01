/** Mistakes of synchronization that are no choice of this core: ZOOKEEPER-962, 1156, 1367, 1551, 3104. */
import type { Durable } from '../../src/core/effect.js'
import * as H from '../../src/core/history.js'
import type { QuorumMessage } from '../../src/core/message.js'
import * as S from '../../src/core/sequence.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { ServerEffect } from '../../src/server/effect.js'
import type { ServerEvent } from '../../src/server/event.js'
import type { Packet } from '../../src/server/packet.js'
import type { Server } from '../../src/server/server.js'
import * as D from '../../src/service/database.js'
import * as Hamt from '../../src/service/hamt.js'
import { bending, ignoring, remembering } from './program.js'

const isFromLeader = (event: ServerEvent, type: 'NEWLEADER' | 'UPTODATE' | 'INFORM'): boolean =>
  event.kind === 'Received' && event.side === 'leader' && event.packet.type === type

/**
 * ZOOKEEPER-962. The batch was read before the learner was registered, and what committed in between was in neither. Here
 * an established leader's batch lacks the last commit of the epoch: it was read one commit earlier.
 */
export const batchReadEarlier = bending((_, __, step) => {
  const { role } = step.server.peer
  if (role.kind !== 'Leading' || role.phase.kind !== 'Broadcasting') return step
  const { epoch } = role.phase
  const packetsTo = (to: number): readonly Packet[] =>
    step.effects.flatMap((effect) => (effect.kind === 'Send' && effect.to === to ? [effect.packet] : []))
  return {
    ...step,
    effects: step.effects.filter(
      (effect) => effect.kind !== 'Send' || !isLastCommit(effect.packet, packetsTo(effect.to), epoch),
    ),
  }
})

type Sent = Packet | QuorumMessage<unknown>

/** Is it about the last commit of the epoch, in the batch that is sent with it? */
export const isLastCommit = (message: Sent, batch: readonly Sent[], epoch: number): boolean => {
  if (batch.every(({ type }) => type !== 'NEWLEADER')) return false
  const last = batch.flatMap((other) => (other.type === 'COMMIT' ? [other.zxid] : [])).at(-1)
  if (last?.epoch !== epoch) return false
  return (
    (message.type === 'COMMIT' && Z.equals(message.zxid, last)) ||
    (message.type === 'PROPOSAL' && Z.equals(message.entry.zxid, last))
  )
}

/** ZOOKEEPER-1156. Asked to cut after z, the log reader's idea of its position cut z away too; nobody noticed in memory. */
export const truncatedTooFar = bending((_, __, step) => ({
  ...step,
  effects: step.effects.map(
    (effect): ServerEffect =>
      effect.kind === 'Persist' ? { ...effect, durable: cutTooFar(effect.durable, step.server.peer.history) } : effect,
  ),
}))

/** A truncation takes the last of what should be left as well. */
export const cutTooFar = <T>(durable: Durable<T>, { base, entries }: H.History<T>): Durable<T> =>
  durable.kind === 'Truncate' ? { kind: 'Truncate', zxid: S.at(entries, entries.length - 2)?.zxid ?? base } : durable

/**
 * ZOOKEEPER-1367. What a follower applied while it was being synchronized went into its tree and not into its table of
 * sessions. The note is the end of its own history before the batch, up to which its log was replayed as it should be.
 */
export const sessionsForgotten = remembering<Zxid | undefined>(undefined, (before, event, step, note) => {
  const { role, history } = before.peer
  const isLearning = role.kind === 'Following' || role.kind === 'Observing'
  if (isLearning && isFromLeader(event, 'NEWLEADER') && role.phase.kind === 'Receiving')
    return [step, role.phase.batch.image ?? H.lastZxid(history)]
  if (note === undefined || !isFromLeader(event, 'UPTODATE')) return [step, note]
  const sessions = H.between(history, H.committedZxid(history), note).reduce(
    (table, { transaction: { sessionId, record } }) =>
      record.type === 'createSession'
        ? Hamt.set(table, sessionId, record.timeoutMs)
        : record.type === 'closeSession'
          ? Hamt.remove(table, sessionId)
          : table,
    before.database.sessions,
  )
  const { server } = step
  return [{ ...step, server: { ...server, database: { ...server.database, sessions } } }, undefined]
})

/** ZOOKEEPER-1551. An observer threw away what it was told between its snapshot and UPTODATE; followers kept it. */
export const observerForgets = ignoring(
  ({ peer: { role } }, event) =>
    isFromLeader(event, 'INFORM') &&
    role.kind === 'Observing' &&
    (role.phase.kind === 'Receiving' || role.phase.kind === 'Acknowledging' || role.phase.kind === 'AwaitingUptodate'),
)

/**
 * ZOOKEEPER-3104. NEWLEADER overtook the rest of the snapshot, so a learner could store the epoch and answer with hardly
 * anything of the image on its disk. Here the disk gets an image without content first; the whole one follows at UPTODATE,
 * when the stream would have come to its end.
 */
export const imageIncomplete = bending((before, event, step) => {
  const partial = step.effects.map(
    (effect): ServerEffect =>
      effect.kind === 'Persist' && effect.durable.kind === 'Snapshot'
        ? { ...effect, image: D.withLastProcessed(D.empty, effect.durable.zxid) }
        : effect,
  )
  return { ...step, effects: isWholeNow(before, event) ? [completed(before), ...partial] : partial }
})

/** The image of SNAP is kept until the learner begins to serve. */
const isWholeNow = ({ image }: Server, event: ServerEvent): boolean =>
  image !== undefined && isFromLeader(event, 'UPTODATE')

const completed = ({ database }: Server): ServerEffect => ({
  kind: 'SaveSnapshot',
  zxid: database.lastProcessed,
  database,
})

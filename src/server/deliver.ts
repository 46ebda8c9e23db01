/** A committed transaction becomes state: apply, tell the watchers, answer the client, in this order (SESS-6). */
import type { Entry } from '../core/message.js'
import * as S from '../core/sequence.js'
import * as Z from '../core/zxid.js'
import type { Zxid } from '../core/zxid.js'
import { isAllowed, permission } from '../service/acl.js'
import type { Id } from '../service/acl.js'
import { apply } from '../service/apply.js'
import type { Applied } from '../service/apply.js'
import { digestOf, withLastProcessed } from '../service/database.js'
import type { Database } from '../service/database.js'
import { errorCode } from '../service/error.js'
import type { SessionId } from '../service/session.js'
import * as T from '../service/tree.js'
import * as W from '../service/watch.js'
import type { Transaction } from '../service/transaction.js'
import type { Connection, Outcome } from './state.js'
import { withOutstanding } from './state.js'
import type { Turn } from './turn.js'
import { close, find, ofSession } from './connections.js'
import { answerBefore, completeWrite } from './queue.js'
import { accept, reject } from './settle.js'
import { cite, emit, notify } from './turn.js'
import * as tracker from './tracker.js'
import * as H from '../service/hamt.js'

/** BCAST-6, FWD-3. */
export const deliver = (turn: Turn, entry: Entry<Transaction>): void => {
  const { server } = turn
  answerBefore(turn, entry.transaction.sessionId)
  const applied = takePrepared(turn, entry.zxid) ?? applyEntry(turn, entry)
  const before = server.database
  server.database = applied.database
  server.lastProcessed = entry.zxid
  for (const change of applied.changes) {
    if (server.watches.size === 0) break
    const fired = W.fire(server.watches, change)
    server.watches = fired.table
    if (fired.notifications.length > 0) notify(turn, readable(turn, before, fired.notifications))
  }
  answerOwner(turn, entry.transaction, applied.result)
  saveSnapshotWhenDue(turn)
}

/** Who may not read a node is not told what becomes of it, though the watch is used up (CVE-2024-23944). */
const readable = (turn: Turn, before: Database, notifications: readonly W.Notification[]): readonly W.Notification[] =>
  notifications.filter(({ connection, type, path }) => {
    const first = type === 'NodeDeleted' ? before : turn.server.database
    const node = T.find(first.tree, path) ?? T.find(before.tree, path)
    return node === undefined || isAllowed(node.acl, permission.READ, find(turn, connection)?.ids ?? NO_IDS)
  })

const NO_IDS: readonly Id[] = []

/** SYNC-8: the state becomes the image that came with SNAP. Nobody is connected: a learner does not serve while it is synchronized. */
export const installSnapshot = (turn: Turn, zxid: Zxid): void => {
  const { server } = turn
  server.database = withLastProcessed(server.image ?? server.database, zxid)
  server.lastProcessed = zxid
  restartSnapshotCount(turn)
}

/** At the leader the outcome is known since the proposal: committing it is a pointer move (SM-1). */
const takePrepared = (turn: Turn, zxid: Zxid): Applied | undefined => {
  const { leadership } = turn.server
  if (leadership === undefined) return undefined
  const head = S.first(leadership.outstanding)
  if (head === undefined || !Z.equals(head.zxid, zxid)) return undefined
  turn.server.leadership = withOutstanding(leadership, S.drop(1)(leadership.outstanding))
  return head.applied
}

/** SM-5: a digest that differs is counted and reported once; the transaction counts all the same. */
const applyEntry = (turn: Turn, entry: Entry<Transaction>): Applied => {
  const { server } = turn
  const applied = apply(server.database, entry)
  const { digest } = entry.transaction
  if (digest !== undefined && digest !== digestOf(applied.database)) {
    cite(turn, 'SM-5')
    if (server.digestMismatches === 0) {
      const text = `the tree after ${Z.toHex(entry.zxid)} has another digest than the leader's: ${DIFFERS}`
      emit(turn, { kind: 'Log', level: 'warn', text })
    }
    server.digestMismatches += 1
  }
  return applied
}

/** What it means, and what to do. */
const DIFFERS =
  'this server has other data. Remedy: if a majority of the servers has lost its data, stop all, and restore it; ' +
  'otherwise stop this one, move its version-2 directories aside, and start it'

const answerOwner = (turn: Turn, transaction: Transaction, outcome: Outcome): void => {
  const { sessionId, cxid, record } = transaction
  switch (record.type) {
    case 'createSession':
      trackSession(turn, transaction, record.timeoutMs)
      settleCreated(turn, sessionId, outcome)
      break
    case 'closeSession':
      forgetSession(turn, transaction)
      closeSession(turn, sessionId, cxid, outcome)
      break
    default:
      answerWrite(turn, sessionId, cxid, outcome)
  }
}

/** FWD-3: the server that accepted the request knows it again by session and cxid; the others have nobody to answer. */
const answerWrite = (turn: Turn, sessionId: SessionId, cxid: number, outcome: Outcome): void => {
  const connection = ofSession(turn, sessionId)
  if (connection === undefined) return
  cite(turn, 'FWD-3')
  if (connection.phase === 'creating') settleCreated(turn, sessionId, outcome)
  else completeWrite(turn, connection, cxid, outcome)
}

/** SESS-1: the client hears of its session once the transaction that creates it has been applied here. */
const settleCreated = (turn: Turn, sessionId: SessionId, outcome: Outcome): void => {
  const connection = ofSession(turn, sessionId)
  if (connection?.phase !== 'creating') return
  cite(turn, 'SESS-1')
  if (outcome.error === errorCode.OK) accept(turn, connection)
  else reject(turn, connection)
}

/** SESS-1: the session is gone, so its connection goes too; the client that asked for it is answered first. */
const closeSession = (turn: Turn, sessionId: SessionId, cxid: number, outcome: Outcome): void => {
  const connection = ofSession(turn, sessionId)
  // One that is still being validated hears it from the leader.
  if (connection?.phase !== 'open') return
  cite(turn, 'SESS-1')
  completeWrite(turn, connection, cxid, outcome)
  const remaining: Connection | undefined = ofSession(turn, sessionId)
  if (remaining !== undefined) close(turn, remaining)
}

/** A leader knows the sessions it proposed; this one comes from before its time. */
const trackSession = (turn: Turn, { sessionId }: Transaction, timeoutMs: number): void => {
  const { server, now, config } = turn
  const { leadership } = server
  if (leadership === undefined || H.get(leadership.sessions, sessionId) !== undefined) return
  const { sessions } = leadership
  const { tickTimeMs } = config
  server.leadership = {
    ...leadership,
    sessions: tracker.track(sessions, sessionId, timeoutMs, undefined, now.monotonicMs, tickTimeMs),
  }
}

const forgetSession = (turn: Turn, { sessionId }: Transaction): void => {
  const { leadership } = turn.server
  if (leadership === undefined) return
  turn.server.leadership = { ...leadership, sessions: tracker.forget(leadership.sessions, sessionId) }
}

/** SM-2: the state is immutable, so a snapshot is a reference to it: exact where Apache's are fuzzy. */
const saveSnapshotWhenDue = (turn: Turn): void => {
  const { server } = turn
  server.deliveredSinceSnapshot += 1
  if (server.deliveredSinceSnapshot < server.snapshotDueAfter) return
  emit(turn, { kind: 'SaveSnapshot', zxid: server.lastProcessed, database: server.database })
  restartSnapshotCount(turn)
}

const restartSnapshotCount = (turn: Turn): void => {
  const { server, config } = turn
  server.deliveredSinceSnapshot = 0
  server.snapshotDueAfter = snapshotDueAfter(config.core.self, server.database, config.snapCount)
}

/** Between half of `snapCount` and all of it, another number on each server: they should not all write at once. */
export const snapshotDueAfter = (self: number, database: Database, snapCount: number): number => {
  const half = Math.max(1, Math.floor(snapCount / 2))
  const spread = (Math.imul(self + 1, 0x9e3779b1) ^ Math.imul(database.lastProcessed.counter + 1, 0x85ebca6b)) >>> 0
  return half + (spread % half)
}

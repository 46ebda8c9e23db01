/**
 * A transaction applied: to the state of a replica, and to an image while its log is replayed (SM-1 … SM-4). Pure and
 * total; on every server the same.
 */
import { ephemeralsOf } from './database.js'
import { perform, remove } from './effects.js'
import { errorCode, errorCodeOf } from './error.js'
import * as H from './hamt.js'
import type { Entry } from '../core/message.js'
import type { Zxid } from '../core/zxid.js'
import type { Database } from './database.js'
import type { Change, Outcome, Scope } from './effects.js'
import type { ErrorCode } from './error.js'
import type { MultiResult, ResponseBody } from './response.js'
import type { SessionId } from './session.js'
import type { SimpleRecord, Transaction, TransactionRecord } from './transaction.js'

export type { Change } from './effects.js'

export interface Result {
  readonly error: ErrorCode
  readonly body: ResponseBody | undefined
}

export interface SessionEvent {
  readonly kind: 'created' | 'closed'
  readonly id: SessionId
  readonly timeoutMs: number
}

export interface Applied {
  readonly database: Database
  /** What the client that asked is told. */
  readonly result: Result
  /** In the order in which watches fire. */
  readonly changes: readonly Change[]
  readonly sessionEvent?: SessionEvent
}

/** During replay errors mean "done already" and are of no interest. `lastProcessed` becomes the entry's zxid. */
export const apply = (database: Database, entry: Entry<Transaction>): Applied => {
  const { zxid, transaction } = entry
  return applyRecord(
    database,
    { zxid, timeMs: transaction.timeMs, sessionId: transaction.sessionId },
    transaction.record,
  )
}

export const applyRecord = (database: Database, scope: Scope, record: TransactionRecord): Applied => {
  switch (record.type) {
    case 'createSession':
      return createSession(database, scope, record.timeoutMs)
    case 'closeSession':
      return closeSession(database, scope, record.paths ?? [])
    case 'multi':
      return multi(database, scope, record.records)
    case 'error':
      return refused(database, scope.zxid, errorCodeOf(record.error))
    case 'reconfig':
      return withData(concluded(perform(database, scope, record), scope.zxid), record.data)
    default:
      return concluded(perform(database, scope, record), scope.zxid)
  }
}

// --- one record

/** The outcome of a transaction of one record, now that all its effects are there (SM-3). */
export const concluded = (outcome: Outcome, zxid: Zxid): Applied => ({
  database: processed(outcome.database, zxid),
  result: resultOf(outcome.result),
  changes: outcome.change === undefined ? NO_CHANGES : [outcome.change],
})

/** Nothing happens, but the zxid is used. */
export const refused = (database: Database, zxid: Zxid, error: ErrorCode): Applied => ({
  database: processed(database, zxid),
  result: { error, body: undefined },
  changes: NO_CHANGES,
})

const NO_CHANGES: readonly Change[] = []

const processed = (database: Database, zxid: Zxid): Database => ({
  lastProcessed: zxid,
  tree: database.tree,
  sessions: database.sessions,
  ephemerals: database.ephemerals,
})

/** A reconfiguration writes like a setData, and is answered like a getData. */
const withData = (applied: Applied, data: Uint8Array | null): Applied =>
  applied.result.body?.op === 'setData'
    ? {
        ...applied,
        result: { error: errorCode.OK, body: { op: 'reconfig', data, stat: applied.result.body.stat } },
      }
    : applied

const SUCCESS: Result = { error: errorCode.OK, body: undefined }

const resultOf = (result: MultiResult): Result => {
  switch (result.op) {
    case 'create':
    case 'create2':
    case 'setData':
      return { error: errorCode.OK, body: result }
    case 'delete':
    case 'check':
      return SUCCESS
    case 'error':
      return { error: result.error, body: undefined }
  }
}

// --- multi

const multi = (database: Database, scope: Scope, records: readonly SimpleRecord[]): Applied => {
  if (records.some((record) => record.type === 'error')) return multiRefused(database, scope.zxid, records)
  // One after the other, each on what those before it left.
  let current = database
  const outcomes = records.map((record) => {
    const outcome = perform(current, scope, record)
    current = outcome.database
    return outcome
  })
  return multiConcluded(current, scope.zxid, outcomes)
}

/** All parts become visible together. */
export const multiConcluded = (database: Database, zxid: Zxid, outcomes: readonly Outcome[]): Applied => ({
  database: processed(database, zxid),
  result: { error: errorCode.OK, body: { op: 'multi', results: outcomes.map((outcome) => outcome.result) } },
  changes: outcomes.flatMap((outcome) => (outcome.change === undefined ? [] : [outcome.change])),
})

/**
 * A multi of which one operation failed: nothing happens. The reply itself carries no error; the operations before the
 * failing one are reported as fine, those after it as never tried.
 */
export const multiRefused = (database: Database, zxid: Zxid, records: readonly SimpleRecord[]): Applied => ({
  database: processed(database, zxid),
  result: {
    error: errorCode.OK,
    body: {
      op: 'multi',
      results: records.map((record) => ({
        op: 'error',
        error: record.type === 'error' ? errorCodeOf(record.error) : errorCode.OK,
      })),
    },
  },
  changes: NO_CHANGES,
})

// --- sessions

const createSession = (database: Database, scope: Scope, timeoutMs: number): Applied => ({
  database: {
    lastProcessed: scope.zxid,
    tree: database.tree,
    sessions: H.set(database.sessions, scope.sessionId, timeoutMs),
    ephemerals: database.ephemerals,
  },
  result: SUCCESS,
  changes: NO_CHANGES,
  sessionEvent: { kind: 'created', id: scope.sessionId, timeoutMs },
})

/** SESS-1. The listed nodes, then whatever else this replica knows of the session: an old log has no list. */
const closeSession = (database: Database, scope: Scope, listed: readonly string[]): Applied => {
  const id = scope.sessionId
  const changes: Change[] = []
  let current = database
  const removeAll = (paths: readonly string[]): void => {
    for (const path of paths) {
      const outcome = remove(current, scope, path)
      current = outcome.database
      if (outcome.change !== undefined) changes.push(outcome.change)
    }
  }
  removeAll(listed)
  removeAll(ephemeralsOf(current, id))
  return {
    database: {
      lastProcessed: scope.zxid,
      tree: current.tree,
      sessions: H.remove(database.sessions, id),
      ephemerals: current.ephemerals,
    },
    result: SUCCESS,
    changes,
    sessionEvent: { kind: 'closed', id, timeoutMs: H.get(database.sessions, id) ?? 0 },
  }
}

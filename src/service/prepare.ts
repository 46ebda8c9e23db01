/**
 * Requests become transactions: the leader decides the outcome against the state that includes every transaction
 * proposed before (SM-1). The order of the checks decides which error a client sees, so it is ZooKeeper's (§2.8).
 */
import * as E from 'fp-ts/lib/Either.js'
import { expand, isAllowed, permission } from './acl.js'
import { applyRecord, concluded, multiConcluded, multiRefused, refused } from './apply.js'
import { digestOf, ephemeralBytesOf, ephemeralsOf, pathBytes } from './database.js'
import { createUnder, removeUnder, setDataAt } from './effects.js'
import { errorCode } from './error.js'
import * as H from './hamt.js'
import { hasNul, isIndelible, isValid, nameOf, parentOf, sequenceSuffix } from './path.js'
import { reconfiguration } from './reconfigure.js'
import { sessionError } from './session.js'
import { isEphemeral } from './stat.js'
import * as T from './tree.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Zxid } from '../core/zxid.js'
import type { Id } from './acl.js'
import type { Applied } from './apply.js'
import type { Database } from './database.js'
import type { CreateRecord, Outcome, Scope } from './effects.js'
import type { ErrorCode } from './error.js'
import type { EnsembleView } from './reconfigure.js'
import type { MultiOperation, ReconfigRequest, WriteRequest } from './request.js'
import type { SessionId } from './session.js'
import type { SimpleRecord, TransactionRecord } from './transaction.js'

export interface WriteContext {
  /** The zxid that the transaction will get, whatever becomes of the request. */
  readonly zxid: Zxid
  readonly timeMs: number
  readonly sessionId: SessionId
  readonly cxid: number
  /** Identities of the client's connection. */
  readonly ids: readonly Id[]
  /** `expired`: closed or closing. `moved`: the request came through a server that does not own the session (SESS-4). */
  readonly session: 'valid' | 'expired' | 'moved'
  /** undefined: reconfiguration is disabled. */
  readonly ensemble?: EnsembleView
  /** What the paths of one session's ephemeral nodes may take up in the record that closes it; undefined: anything. */
  readonly ephemeralLimitBytes?: number
}

export interface Prepared {
  readonly record: TransactionRecord
  /** Of the tree after the transaction; undefined for an error, whose bytes have none. */
  readonly digest: bigint | undefined
  /** What `apply` of this record will give. */
  readonly applied: Applied
}

/**
 * SM-1. `database` includes all outstanding proposals. Never refuses: a failing request becomes an error transaction,
 * which takes its zxid like any other.
 */
export const prepare = (
  database: Database,
  context: WriteContext,
  request: WriteRequest | { readonly op: 'malformed' },
): Prepared => {
  switch (request.op) {
    case 'create':
    case 'create2':
    case 'delete':
    case 'setData':
      return prepareOne(database, context, request)
    case 'multi':
      return prepareMulti(database, context, request.operations)
    case 'createSession':
      return foretold(database, context, { type: 'createSession', timeoutMs: request.timeoutMs })
    case 'closeSession':
      return foretold(database, context, {
        type: 'closeSession',
        paths: ephemeralsOf(database, context.sessionId),
      })
    case 'reconfig':
      return prepareReconfiguration(database, context, request)
    case 'malformed':
      return refusal(database, context, errorCode.MARSHALLINGERROR)
  }
}

/** A checked operation: its record, and the state after it. */
interface Step {
  readonly record: SimpleRecord
  readonly outcome: Outcome
}

type Attempt = Either<ErrorCode, Step>

const prepareOne = (database: Database, context: WriteContext, operation: MultiOperation): Prepared => {
  const attempt = attemptOperation(database, context, operation)
  if (E.isLeft(attempt)) return refusal(database, context, attempt.left)
  const { record, outcome } = attempt.right
  const applied = concluded(outcome, context.zxid)
  return { record, digest: digestOf(applied.database), applied }
}

const refusal = (database: Database, context: WriteContext, error: ErrorCode): Prepared => ({
  record: { type: 'error', error },
  digest: undefined,
  applied: refused(database, context.zxid, error),
})

/** A record that needs no check. */
const foretold = (database: Database, context: Scope, record: TransactionRecord): Prepared => {
  const applied = applyRecord(database, context, record)
  return { record, digest: digestOf(applied.database), applied }
}

const prepareReconfiguration = (database: Database, context: WriteContext, request: ReconfigRequest): Prepared => {
  const record = reconfiguration(database, context, request)
  return E.isLeft(record) ? refusal(database, context, record.left) : foretold(database, context, record.right)
}

/**
 * Some of a session's ephemeral nodes go before the session does, when one record cannot list them all. Nobody asked for
 * it, so it is no session's: SESS-1 as several transactions.
 */
export const prepareRemoval = (
  database: Database,
  { timeMs, zxid }: Pick<WriteContext, 'timeMs' | 'zxid'>,
  paths: readonly string[],
): Prepared =>
  foretold(
    database,
    { zxid, timeMs, sessionId: 0n },
    { type: 'multi', records: paths.map((path) => ({ type: 'delete', path })) },
  )

// --- multi

/** All or nothing, under one zxid; each operation sees what those before it did. Undoing is forgetting. */
const prepareMulti = (database: Database, context: WriteContext, operations: readonly MultiOperation[]): Prepared => {
  const records: SimpleRecord[] = []
  const outcomes: Outcome[] = []
  let current = database
  for (const operation of operations) {
    // Unreadable, but found so only when it is its turn: an operation before it that fails decides.
    if (hasTtlMode(operation)) return refusal(database, context, errorCode.MARSHALLINGERROR)
    const attempt = attemptOperation(current, context, withoutStat(operation))
    if (E.isLeft(attempt)) return prepareFailedMulti(database, context, records, attempt.left, operations.length)
    records.push(attempt.right.record)
    outcomes.push(attempt.right.outcome)
    current = attempt.right.outcome.database
  }
  const applied = multiConcluded(current, context.zxid, outcomes)
  return { record: { type: 'multi', records }, digest: digestOf(applied.database), applied }
}

/** The records of the operations before the failing one stay as they are; those after it were not tried. */
const prepareFailedMulti = (
  database: Database,
  context: WriteContext,
  before: readonly SimpleRecord[],
  error: ErrorCode,
  length: number,
): Prepared => {
  const untried: SimpleRecord = { type: 'error', error: errorCode.RUNTIMEINCONSISTENCY }
  const after = Array.from({ length: length - before.length - 1 }, () => untried)
  const records: readonly SimpleRecord[] = [...before, { type: 'error', error }, ...after]
  const applied = multiRefused(database, context.zxid, records)
  return { record: { type: 'multi', records }, digest: digestOf(applied.database), applied }
}

/** In a multi a create2 is a create, for its transaction and its result: so Apache's servers read it. */
const withoutStat = (operation: MultiOperation): MultiOperation =>
  operation.op === 'create2' ? { ...operation, op: 'create' } : operation

/** Asks for a time to live, for which a create has no field. */
const hasTtlMode = (operation: MultiOperation): boolean =>
  'flags' in operation && (operation.flags === 5 || operation.flags === 6)

// --- one operation

const attemptOperation = (database: Database, context: WriteContext, operation: MultiOperation): Attempt => {
  switch (operation.op) {
    case 'create':
    case 'create2':
      return attemptCreate(database, context, operation)
    case 'delete':
      return attemptDelete(database, context, operation)
    case 'setData':
      return attemptSetData(database, context, operation)
    case 'check':
      return attemptCheck(database, context, operation)
  }
}

type CreateOperation = Extract<MultiOperation, { readonly op: 'create' | 'create2' }>

const attemptCreate = (database: Database, context: WriteContext, operation: CreateOperation): Attempt => {
  const { flags } = operation
  // 1, 2: modes. 5 and 6 need extended types; 4 is for createContainer only.
  if (flags < 0 || flags > 6 || flags === 4) return E.left(errorCode.BADARGUMENTS)
  if (flags > 4) return E.left(errorCode.UNIMPLEMENTED)
  // 3: session.
  if (context.session !== 'valid') return E.left(sessionError(context.session))
  // 4: a parent can be named at all.
  const parentPath = parentOf(operation.path)
  if (parentPath === undefined || hasNul(operation.path)) return E.left(errorCode.BADARGUMENTS)
  // 5: access list.
  const acl = expand(operation.acl, context.ids)
  if (acl === undefined) return E.left(errorCode.INVALIDACL)
  // 6: parent.
  const parent = T.trailTo(database.tree, parentPath)
  if (parent === undefined) return E.left(errorCode.NONODE)
  const { target } = parent
  // 7: permission.
  if (!isAllowed(target.acl, permission.CREATE, context.ids)) return E.left(errorCode.NOAUTH)
  // 8: the number is the stored counter before this creation, so pipelined creations get consecutive ones.
  const isSequential = (flags & 2) !== 0
  const path = isSequential ? operation.path + sequenceSuffix(target.stat.cversion) : operation.path
  // 9: the whole path.
  if (!isValid(path)) return E.left(errorCode.BADARGUMENTS)
  // 10: existence; the root always exists.
  const name = nameOf(path)
  if (name === '' || H.has(target.children, name)) return E.left(errorCode.NODEEXISTS)
  // 11: ephemeral nodes have no children.
  if (isEphemeral(target.stat.ephemeralOwner)) return E.left(errorCode.NOCHILDRENFOREPHEMERALS)
  // 12: the record that will close the session lists every one of them, and must fit (ZOOKEEPER-4306).
  const isEphemeralNode = (flags & 1) !== 0
  if (isEphemeralNode && isOneTooMany(database, context, path)) return E.left(errorCode.QUOTAEXCEEDED)
  const record: CreateRecord = {
    type: operation.op,
    path,
    data: operation.data,
    acl,
    ephemeral: isEphemeralNode,
    parentCversion: (target.stat.cversion + 1) | 0,
  }
  return E.right({ record, outcome: createUnder(database, context, record, parent, name) })
}

const isOneTooMany = (database: Database, { ephemeralLimitBytes, sessionId }: WriteContext, path: string): boolean =>
  ephemeralLimitBytes !== undefined && ephemeralBytesOf(database, sessionId) + pathBytes(path) > ephemeralLimitBytes

type DeleteOperation = Extract<MultiOperation, { readonly op: 'delete' }>

const attemptDelete = (database: Database, context: WriteContext, operation: DeleteOperation): Attempt => {
  const { path } = operation
  if (context.session !== 'valid') return E.left(sessionError(context.session))
  const parentPath = parentOf(path)
  if (parentPath === undefined || hasNul(path) || isIndelible(path)) return E.left(errorCode.BADARGUMENTS)
  const parent = T.trailTo(database.tree, parentPath)
  if (parent === undefined) return E.left(errorCode.NONODE)
  if (!isAllowed(parent.target.acl, permission.DELETE, context.ids)) return E.left(errorCode.NOAUTH)
  const node = H.get(parent.target.children, nameOf(path))
  if (node === undefined) return E.left(errorCode.NONODE)
  if (!isExpected(operation.version, node.stat.version)) return E.left(errorCode.BADVERSION)
  if (node.children.size > 0) return E.left(errorCode.NOTEMPTY)
  return E.right({
    record: { type: 'delete', path },
    outcome: removeUnder(database, context, path, parent, parentPath),
  })
}

type SetDataOperation = Extract<MultiOperation, { readonly op: 'setData' }>

const attemptSetData = (database: Database, context: WriteContext, operation: SetDataOperation): Attempt => {
  const { path, data } = operation
  if (context.session !== 'valid') return E.left(sessionError(context.session))
  if (!isValid(path)) return E.left(errorCode.BADARGUMENTS)
  const trail = T.trailTo(database.tree, path)
  if (trail === undefined) return E.left(errorCode.NONODE)
  const { acl, stat } = trail.target
  if (!isAllowed(acl, permission.WRITE, context.ids)) return E.left(errorCode.NOAUTH)
  if (!isExpected(operation.version, stat.version)) return E.left(errorCode.BADVERSION)
  const version = (stat.version + 1) | 0
  return E.right({
    record: { type: 'setData', path, data, version },
    outcome: setDataAt(database, context, trail, path, data, version),
  })
}

type CheckOperation = Extract<MultiOperation, { readonly op: 'check' }>

const attemptCheck = (database: Database, context: WriteContext, operation: CheckOperation): Attempt => {
  const { path } = operation
  if (context.session !== 'valid') return E.left(sessionError(context.session))
  if (!isValid(path)) return E.left(errorCode.BADARGUMENTS)
  const node = T.find(database.tree, path)
  if (node === undefined) return E.left(errorCode.NONODE)
  if (!isAllowed(node.acl, permission.READ, context.ids)) return E.left(errorCode.NOAUTH)
  if (!isExpected(operation.version, node.stat.version)) return E.left(errorCode.BADVERSION)
  return E.right({
    record: { type: 'check', path, version: (node.stat.version + 1) | 0 },
    outcome: { database, result: { op: 'check' }, change: undefined },
  })
}

/** −1 expects nothing. */
const isExpected = (expected: number, version: number): boolean => expected === -1 || expected === version

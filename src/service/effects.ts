/**
 * What one record does to the database (§5.3 of the reference; SM-1, SM-4). `prepare` and `apply` both come here, so
 * that a transaction does what was foretold.
 *
 * Everything is as replay over a fuzzy image needs it: what has been done already is done again without harm.
 */
import * as Z from '../core/zxid.js'
import { shared } from './acl.js'
import { withEphemeral, withoutEphemeral } from './database.js'
import { errorCode, errorCodeOf } from './error.js'
import * as H from './hamt.js'
import { nameOf, parentOf } from './path.js'
import * as S from './stat.js'
import * as T from './tree.js'
import type { Zxid } from '../core/zxid.js'
import type { Acl } from './acl.js'
import type { Database } from './database.js'
import type { ErrorCode } from './error.js'
import type { MultiResult } from './response.js'
import type { SessionId } from './session.js'
import type { PersistedStat } from './stat.js'
import type { SimpleRecord } from './transaction.js'
import type { Trail } from './tree.js'

/** What a client's watch may wait for. */
export interface Change {
  readonly type: 'created' | 'deleted' | 'dataChanged'
  readonly path: string
}

/** What stands beside a record in its transaction. */
export interface Scope {
  readonly zxid: Zxid
  readonly timeMs: number
  readonly sessionId: SessionId
}

/** The database after one record (`lastProcessed` not yet advanced: SM-3), what the client hears, what watches see. */
export interface Outcome {
  readonly database: Database
  readonly result: MultiResult
  readonly change: Change | undefined
}

export type CreateRecord = Extract<
  SimpleRecord,
  { readonly type: 'create' | 'create2' | 'createContainer' | 'createTTL' }
>

/** SM-4. Total: what does not fit changes nothing, or as little as replay needs, and its result names the error. */
export const perform = (database: Database, scope: Scope, record: SimpleRecord): Outcome => {
  switch (record.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return create(database, scope, record)
    case 'delete':
    case 'deleteContainer':
      return remove(database, scope, record.path)
    case 'setData':
    case 'reconfig':
      return setData(database, scope, record.path, record.data, record.version)
    case 'setACL':
      return setAcl(database, record.path, record.acl, record.version)
    case 'check':
      return { database, result: { op: 'check' }, change: undefined }
    case 'error':
      return failed(database, errorCodeOf(record.error))
  }
}

export const failed = (database: Database, error: ErrorCode): Outcome => ({
  database,
  result: { op: 'error', error },
  change: undefined,
})

// --- create

const create = (database: Database, scope: Scope, record: CreateRecord): Outcome => {
  const parentPath = parentOf(record.path)
  if (parentPath === undefined) return failed(database, errorCode.NONODE)
  const parent = T.trailTo(database.tree, parentPath)
  if (parent === undefined) return failed(database, errorCode.NONODE)
  const name = nameOf(record.path)
  // Only the root has an empty name, and the root is always there.
  if (name === '') return failed(database, errorCode.NODEEXISTS)
  return H.has(parent.target.children, name)
    ? createAgain(database, scope, record, parent, parentPath)
    : createUnder(database, scope, record, parent, name)
}

/** The node is new, its parent stands at the end of the trail. */
export const createUnder = (
  database: Database,
  scope: Scope,
  record: CreateRecord,
  parent: Trail,
  name: string,
): Outcome => {
  const { path } = record
  const owner = ownerOf(record, scope.sessionId)
  const stat = S.created(scope.zxid, scope.timeMs, owner)
  const child = T.node(path, record.data, shared(record.acl), stat, H.empty())
  const tree = T.addChild(database.tree, parent, statOfParent(parent, record, scope.zxid), name, path, child)
  const ephemerals = S.isEphemeral(owner) ? withEphemeral(database.ephemerals, owner, path) : database.ephemerals
  return {
    database: { lastProcessed: database.lastProcessed, tree, sessions: database.sessions, ephemerals },
    result: record.type === 'create' ? { op: 'create', path } : { op: 'create2', path, stat: T.statOf(child) },
    change: { type: 'created', path },
  }
}

/**
 * The node is there already: an image that was taken while transactions were applied. Its access list becomes the
 * record's, since a later setACL follows. Its parent may have been stored before this creation, so that its counter is raised.
 * (Java raises it for type 1 only, and so loses the count of a create2 in that case.)
 */
const createAgain = (
  database: Database,
  scope: Scope,
  record: CreateRecord,
  parent: Trail,
  parentPath: string,
): Outcome => {
  const raised = T.update(
    database.tree,
    parent,
    parentPath,
    parent.target.data,
    parent.target.acl,
    record.parentCversion === -1 ? parent.target.stat : statOfParent(parent, record, scope.zxid),
  )
  const existing = T.trailTo(raised, record.path)
  const tree =
    existing === undefined
      ? raised
      : T.update(raised, existing, record.path, existing.target.data, shared(record.acl), existing.target.stat)
  return failed({ ...database, tree }, errorCode.NODEEXISTS)
}

/** Counter and pzxid move together, and only forward. −1: a log that does not know the counter. */
const statOfParent = (parent: Trail, record: CreateRecord, zxid: Zxid): PersistedStat => {
  const { stat } = parent.target
  const cversion = record.parentCversion === -1 ? (stat.cversion + 1) | 0 : record.parentCversion
  return cversion > stat.cversion ? S.withChildren(stat, zxid, cversion) : stat
}

const ownerOf = (record: CreateRecord, sessionId: SessionId): SessionId => {
  switch (record.type) {
    case 'create':
    case 'create2':
      return record.ephemeral ? sessionId : 0n
    case 'createContainer':
      return S.CONTAINER_OWNER
    case 'createTTL':
      return S.ttlOwner(record.ttlMs)
  }
}

// --- delete

/** Also the deletion of a session's ephemeral nodes. */
export const remove = (database: Database, scope: Scope, path: string): Outcome => {
  const parentPath = parentOf(path)
  if (parentPath === undefined) return failed(database, errorCode.NONODE)
  const parent = T.trailTo(database.tree, parentPath)
  return parent === undefined
    ? failed(database, errorCode.NONODE)
    : removeUnder(database, scope, path, parent, parentPath)
}

/** The parent's pzxid is raised even when the node is missing: the image may hold the parent of before. */
export const removeUnder = (
  database: Database,
  scope: Scope,
  path: string,
  parent: Trail,
  parentPath: string,
): Outcome => {
  const { target } = parent
  const name = nameOf(path)
  const child = H.get(target.children, name)
  const pzxid = Z.max(target.stat.pzxid, scope.zxid)
  const stat = S.withChildren(target.stat, pzxid, target.stat.cversion)
  if (child === undefined) {
    const tree = T.update(database.tree, parent, parentPath, target.data, target.acl, stat)
    return failed({ ...database, tree }, errorCode.NONODE)
  }
  const { lastProcessed, sessions } = database
  return {
    database: {
      lastProcessed,
      tree: T.removeChild(database.tree, parent, stat, name, path, child),
      sessions,
      ephemerals: withoutOwners(database.ephemerals, path, child),
    },
    result: { op: 'delete' },
    change: { type: 'deleted', path },
  }
}

/** A node has children here in one case: the image holds a later node of the same path. They are created again. */
const withoutOwners = (table: Database['ephemerals'], path: string, top: T.Node): Database['ephemerals'] => {
  if (top.children.size === 0 && top.stat.ephemeralOwner === 0n) return table
  let rest = table
  for (const [removedPath, removed] of T.subtree(path, top))
    if (S.isEphemeral(removed.stat.ephemeralOwner))
      rest = withoutEphemeral(rest, removed.stat.ephemeralOwner, removedPath)
  return rest
}

// --- setData, setACL

const setData = (database: Database, scope: Scope, path: string, data: Uint8Array | null, version: number): Outcome => {
  const trail = T.trailTo(database.tree, path)
  return trail === undefined
    ? failed(database, errorCode.NONODE)
    : setDataAt(database, scope, trail, path, data, version)
}

export const setDataAt = (
  database: Database,
  scope: Scope,
  trail: Trail,
  path: string,
  data: Uint8Array | null,
  version: number,
): Outcome => {
  const { target } = trail
  const stat = S.modified(target.stat, scope.zxid, scope.timeMs, version)
  const { lastProcessed, sessions, ephemerals } = database
  return {
    database: {
      lastProcessed,
      tree: T.update(database.tree, trail, path, data, target.acl, stat),
      sessions,
      ephemerals,
    },
    result: { op: 'setData', stat: S.clientStat(stat, T.lengthOf(data), target.children.size) },
    change: { type: 'dataChanged', path },
  }
}

/** Clients cannot ask for it yet, Apache's leaders propose it. There is no result but success. */
const setAcl = (database: Database, path: string, acl: readonly Acl[], aversion: number): Outcome => {
  const trail = T.trailTo(database.tree, path)
  if (trail === undefined) return failed(database, errorCode.NONODE)
  const { target } = trail
  const tree = T.update(database.tree, trail, path, target.data, shared(acl), { ...target.stat, aversion })
  return { database: { ...database, tree }, result: { op: 'check' }, change: undefined }
}

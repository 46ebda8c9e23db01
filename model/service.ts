/**
 * The sequential model of the service: what one client at a time would see. SM-1, SESS-1.
 *
 * Naive on purpose: a map from path to node, every question answered by looking through it. It shares nothing with
 * `src/service` but types, so that the two can disagree. Not modelled: access control, watches, times, quotas.
 */
import type { ErrorName } from '../src/service/error.js'
import type { MultiOperation, ReadRequest, WriteRequest } from '../src/service/request.js'
import type { SessionId } from '../src/service/session.js'
import type { Zxid } from '../src/core/zxid.js'
import { ZERO, max } from '../src/core/zxid.js'

export type Operation = WriteRequest | ReadRequest

interface Node {
  readonly data: Uint8Array | null
  readonly version: number
  /** Creations of children, ever: the next number of a sequential child. */
  readonly created: number
  readonly czxid: Zxid
  readonly mzxid: Zxid
  readonly pzxid: Zxid
  readonly ephemeralOwner: SessionId
}

/** What clients see of a node, without the times. */
export interface NodeStat extends Omit<Node, 'data' | 'created'> {
  readonly cversion: number
  readonly dataLength: number
  readonly childCount: number
}

/** The answer to one operation; `error` is 'OK' when it was done. */
export interface Result {
  readonly error: ErrorName
  readonly path?: string
  readonly stat?: NodeStat
  readonly data?: Uint8Array | null
  /** Sorted. */
  readonly children?: readonly string[]
  readonly results?: readonly Result[]
}

export interface Service {
  /** Does one operation for a session. `zxid` is the write's own; reads ignore it. */
  readonly execute: (session: SessionId, operation: Operation, zxid: Zxid) => Result
  readonly paths: () => readonly string[]
  /** How much has been changed so far; the same after an operation that changed nothing. */
  readonly mark: () => number
  /** Takes back all that was changed since that mark. */
  readonly undo: (mark: number) => void
  /** The whole state; equal for equal states. */
  readonly show: () => string
}

const ANY_VERSION = -1
const NOBODY = 0n
const PROTECTED = new Set(['/', '/zookeeper', '/zookeeper/config', '/zookeeper/quota'])

const root: Node = {
  data: new Uint8Array(0),
  version: 0,
  created: 0,
  czxid: ZERO,
  mzxid: ZERO,
  pzxid: ZERO,
  ephemeralOwner: NOBODY,
}

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const isValid = (path: string): boolean =>
  path === '/' || /^(\/(?!\.{1,2}(\/|$))[^/\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]+)+$/.test(path)
const failed = (error: ErrorName): Result => ({ error })

type Create = Extract<MultiOperation, { readonly flags: number }>

/** Nodes by path, what follows from them, and a way back. */
interface Nodes {
  readonly get: (path: string) => Node | undefined
  /** Puts a node there, or takes it away. */
  readonly set: (path: string, node: Node | undefined) => void
  /** Names. */
  readonly childrenOf: (path: string) => ReadonlySet<string>
  readonly ownedBy: (session: SessionId) => readonly string[]
  /** Would the session's end, which names all that it owns, still fit? */
  readonly mayOwn: (session: SessionId, path: string) => boolean
}

type Log = (() => void)[]

const NONE: ReadonlySet<string> = new Set()

/** @param log gets the opposite of every change */
const makeNodes = (log: Log, ephemeralLimitBytes: number): Nodes & { readonly all: ReadonlyMap<string, Node> } => {
  const all = new Map<string, Node>()
  const children = new Map<string, Set<string>>()
  const owned = new Map<SessionId, Set<string>>()
  const change = (path: string, node: Node | undefined): void => {
    const before = all.get(path)
    if (before !== undefined && before.ephemeralOwner !== NOBODY) owned.get(before.ephemeralOwner)?.delete(path)
    if (node !== undefined && node.ephemeralOwner !== NOBODY) member(owned, node.ephemeralOwner).add(path)
    if (node === undefined) {
      all.delete(path)
      children.get(parentOf(path))?.delete(nameOf(path))
    } else {
      all.set(path, node)
      if (path !== '/') member(children, parentOf(path)).add(nameOf(path))
    }
  }
  return {
    all,
    get: (path) => all.get(path),
    set: (path, node) => {
      const before = all.get(path)
      log.push(() => {
        change(path, before)
      })
      change(path, node)
    },
    childrenOf: (path) => children.get(path) ?? NONE,
    ownedBy: (session) => [...(owned.get(session) ?? [])],
    mayOwn: (session, path) =>
      [path, ...(owned.get(session) ?? [])].reduce((sum, each) => sum + 4 + new TextEncoder().encode(each).length, 0) <=
      ephemeralLimitBytes,
  }
}

const member = <K>(sets: Map<K, Set<string>>, key: K): Set<string> => {
  const set = sets.get(key) ?? new Set()
  sets.set(key, set)
  return set
}

const statOf = (nodes: Nodes, path: string, node: Node): NodeStat => {
  const childCount = nodes.childrenOf(path).size
  const { data, created, ...rest } = node
  // Clients see creations plus deletions; every creation that is no longer a child was deleted.
  return { ...rest, cversion: 2 * created - childCount, dataLength: data?.length ?? 0, childCount }
}

const create = (nodes: Nodes, session: SessionId, request: Create, zxid: Zxid): Result => {
  if (request.flags < 0 || request.flags > 3) return failed('BADARGUMENTS')
  if (!request.path.startsWith('/')) return failed('BADARGUMENTS')
  const isEphemeral = request.flags === 1 || request.flags === 3
  const isSequential = request.flags >= 2
  const parent = nodes.get(parentOf(request.path))
  if (parent === undefined) return failed('NONODE')
  const path = isSequential ? request.path + String(parent.created).padStart(10, '0') : request.path
  if (!isValid(path)) return failed('BADARGUMENTS')
  if (nodes.get(path) !== undefined) return failed('NODEEXISTS')
  if (parent.ephemeralOwner !== NOBODY) return failed('NOCHILDRENFOREPHEMERALS')
  if (isEphemeral && !nodes.mayOwn(session, path)) return failed('QUOTAEXCEEDED')
  const node: Node = {
    ...root,
    data: request.data,
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ephemeralOwner: isEphemeral ? session : NOBODY,
  }
  nodes.set(path, node)
  nodes.set(parentOf(path), { ...parent, created: parent.created + 1, pzxid: zxid })
  return request.op === 'create' ? { error: 'OK', path } : { error: 'OK', path, stat: statOf(nodes, path, node) }
}

const remove = (nodes: Nodes, path: string, zxid: Zxid): void => {
  const parent = nodes.get(parentOf(path))
  nodes.set(path, undefined)
  if (parent !== undefined) nodes.set(parentOf(path), { ...parent, pzxid: max(parent.pzxid, zxid) })
}

/** One write that may stand in a multi, done on `nodes`. */
const writeOne = (nodes: Nodes, session: SessionId, request: MultiOperation, zxid: Zxid): Result => {
  if ('flags' in request) return create(nodes, session, request, zxid)
  if (request.op === 'delete' && PROTECTED.has(request.path)) return failed('BADARGUMENTS')
  if (request.op !== 'delete' && !isValid(request.path)) return failed('BADARGUMENTS')
  const node = nodes.get(request.path)
  if (node === undefined) return failed('NONODE')
  if (request.version !== ANY_VERSION && request.version !== node.version) return failed('BADVERSION')
  switch (request.op) {
    case 'check':
      return { error: 'OK' }
    case 'delete':
      if (nodes.childrenOf(request.path).size > 0) return failed('NOTEMPTY')
      remove(nodes, request.path, zxid)
      return { error: 'OK' }
    case 'setData': {
      const changed = { ...node, data: request.data, version: (node.version + 1) | 0, mzxid: zxid }
      nodes.set(request.path, changed)
      return { error: 'OK', stat: statOf(nodes, request.path, changed) }
    }
  }
}

const read = (nodes: Nodes, request: ReadRequest): Result => {
  const node = nodes.get(request.path)
  if (node === undefined) return failed('NONODE')
  const stat = statOf(nodes, request.path, node)
  switch (request.op) {
    case 'exists':
      return { error: 'OK', stat }
    case 'getData':
      return { error: 'OK', data: node.data, stat }
    case 'getChildren':
      return { error: 'OK', children: [...nodes.childrenOf(request.path)].sort() }
    case 'getChildren2':
      return { error: 'OK', children: [...nodes.childrenOf(request.path)].sort(), stat }
  }
}

/**
 * A fresh service: the root, `/zookeeper` and what stands under it, no session. `ephemeralLimitBytes`: of the paths of one
 * session's ephemeral nodes, each counted with its length of four bytes.
 */
export const makeService = (ephemeralLimitBytes = Infinity): Service => {
  const log: Log = []
  const nodes = makeNodes(log, ephemeralLimitBytes)
  const sessions = new Set<SessionId>()
  for (const path of PROTECTED) nodes.set(path, root)

  const undo = (mark: number): void => {
    while (log.length > mark) log.pop()?.()
  }
  const execute = (session: SessionId, operation: Operation, zxid: Zxid): Result => {
    switch (operation.op) {
      case 'exists':
      case 'getData':
      case 'getChildren':
      case 'getChildren2':
        return read(nodes, operation)
      case 'createSession':
        if (!sessions.has(session)) log.push(() => sessions.delete(session))
        sessions.add(session)
        return { error: 'OK' }
      default:
        return sessions.has(session) ? write(session, operation, zxid) : failed('SESSIONEXPIRED')
    }
  }
  const write = (
    session: SessionId,
    operation: Exclude<WriteRequest, { readonly op: 'createSession' }>,
    zxid: Zxid,
  ): Result => {
    switch (operation.op) {
      case 'closeSession':
        log.push(() => sessions.add(session))
        sessions.delete(session)
        for (const path of nodes.ownedBy(session)) remove(nodes, path, zxid)
        return { error: 'OK' }
      case 'multi':
        return multi(session, operation.operations, zxid)
      case 'reconfig':
        // One server, which nobody can join.
        return failed('RECONFIGDISABLED')
      default:
        return writeOne(nodes, session, operation, zxid)
    }
  }
  /** All done, or nothing. */
  const multi = (session: SessionId, operations: readonly MultiOperation[], zxid: Zxid): Result => {
    const mark = log.length
    const results: Result[] = []
    for (const operation of operations) {
      // In a multi a create2 is answered as a create.
      const result = writeOne(nodes, session, 'flags' in operation ? { ...operation, op: 'create' } : operation, zxid)
      if (result.error !== 'OK') {
        undo(mark)
        const after = operations.slice(results.length + 1).map(() => failed('RUNTIMEINCONSISTENCY'))
        return { error: 'OK', results: [...results.map(() => failed('OK')), result, ...after] }
      }
      results.push(result)
    }
    return { error: 'OK', results }
  }
  return {
    execute,
    paths: () => [...nodes.all.keys()].sort(),
    mark: () => log.length,
    undo,
    show: () => [...sessions].sort().join(' ') + [...nodes.all].map(showNode).sort().join('\n'),
  }
}

const showNode = ([path, node]: readonly [string, Node]): string => {
  const zxids = [node.czxid, node.mzxid, node.pzxid].map((zxid) => `${zxid.epoch}:${zxid.counter}`).join()
  return `${path} ${node.data?.join() ?? 'null'} ${node.version} ${node.created} ${node.ephemeralOwner} ${zxids}`
}

/** True for results that a client cannot tell apart. Children are compared as sets, data by their bytes. */
export const sameResult = (first: Result, second: Result): boolean => showResult(first) === showResult(second)

/** One line, the same for equal results. */
export const showResult = (result: Result): string => {
  if (result.error !== 'OK') return result.error
  const parts = [
    ...(result.path === undefined ? [] : [result.path]),
    ...(result.data === undefined ? [] : [result.data === null ? 'null' : `[${result.data.join(' ')}]`]),
    ...(result.stat === undefined ? [] : [showStat(result.stat)]),
    ...(result.children === undefined ? [] : [`{${[...result.children].sort().join(' ')}}`]),
    ...(result.results === undefined ? [] : [`(${result.results.map(showResult).join('; ')})`]),
  ]
  return ['OK', ...parts].join(' ')
}

const showStat = (stat: NodeStat): string =>
  [
    ...[stat.czxid, stat.mzxid, stat.pzxid].map((zxid) => `${zxid.epoch}:${zxid.counter}`),
    `v${stat.version}`,
    `c${stat.cversion}`,
    `owner ${stat.ephemeralOwner}`,
    `${stat.dataLength} bytes`,
    `${stat.childCount} children`,
  ].join(',')

/** A client of a fake ensemble: ZooKeeper's operations as promises, on simulated time. */
import { OPEN } from '../../src/service/acl.js'
import { errorCode } from '../../src/service/error.js'
import type { MultiOperation, ReadRequest, Request } from '../../src/service/request.js'
import type { MultiResult, Reply, ResponseBody } from '../../src/service/response.js'
import type { SessionId } from '../../src/service/session.js'
import type { Stat } from '../../src/service/stat.js'
import type { Call, Outcome } from '../consistency/history.js'
import { showCall } from '../consistency/history.js'
import type { Operation } from '../service.js'
import { resultOf } from '../world/result.js'
import type { Sightings } from '../world/sightings.js'
import { makeSightings } from '../world/sightings.js'
import { ZooKeeperError } from './error.js'
import type { Asked, ClientState, Session, SessionHost } from './session.js'
import { makeSession } from './session.js'
import type { WatchEvent, Watcher } from './watches.js'
import { makeWatches } from './watches.js'

/** What a node is given; text is stored as UTF-8. */
export type Data = string | Uint8Array

export interface CreateOptions {
  /** The node goes when the session ends. */
  readonly ephemeral?: boolean
  /** Ten digits are appended to the path. */
  readonly sequential?: boolean
}

/** Promises fail with a ZooKeeperError. A `version` of −1 matches any. */
export interface Client {
  readonly state: () => ClientState
  /** Called at each change of the state, when the client learns of it. */
  readonly onState: (listener: (state: ClientState) => void) => void
  /** 0 until the first connection. */
  readonly sessionId: () => SessionId
  /** The path of the new node. */
  readonly create: (path: string, data?: Data, options?: CreateOptions) => Promise<string>
  readonly get: (path: string, watcher?: Watcher) => Promise<{ readonly data: Uint8Array | null; readonly stat: Stat }>
  readonly set: (path: string, data: Data, version?: number) => Promise<Stat>
  readonly delete: (path: string, version?: number) => Promise<void>
  /** undefined when there is no such node; its creation is watched then. */
  readonly exists: (path: string, watcher?: Watcher) => Promise<Stat | undefined>
  /** In no particular order. */
  readonly children: (path: string, watcher?: Watcher) => Promise<readonly string[]>
  /** All or nothing; see `operation`. Fails with the error of the operation that is to blame. */
  readonly multi: (operations: readonly MultiOperation[]) => Promise<readonly MultiResult[]>
  /** What was committed before is visible to this client afterwards. */
  readonly sync: (path?: string) => Promise<void>
  /** Ends the session; the ephemeral nodes go, at once when the client is connected. */
  readonly close: () => Promise<void>
}

const bytesOf = (data: Data): Uint8Array => (typeof data === 'string' ? new TextEncoder().encode(data) : data)

/** The operations of a multi. */
export const operation = {
  create: (path: string, data: Data = '', { ephemeral = false, sequential = false }: CreateOptions = {}) => ({
    op: 'create' as const,
    path,
    data: bytesOf(data),
    acl: OPEN,
    flags: (ephemeral ? 1 : 0) + (sequential ? 2 : 0),
  }),
  set: (path: string, data: Data, version = -1) => ({ op: 'setData' as const, path, data: bytesOf(data), version }),
  delete: (path: string, version = -1) => ({ op: 'delete' as const, path, version }),
  check: (path: string, version: number) => ({ op: 'check' as const, path, version }),
} as const

export interface ClientHost extends Omit<SessionHost, 'changed' | 'notified' | 'restore' | 'sightings'> {
  readonly name: string
  /** Grows at every use: the clock of the history. */
  readonly stamp: () => number
  /** A promise was settled or a callback called: the program under test may go on. */
  readonly wake: () => void
}

export interface ClientWithin {
  readonly client: Client
  readonly session: Session
  readonly calls: () => readonly Call[]
  readonly sightings: Sightings['so']
}

export const makeClient = (host: ClientHost): ClientWithin => {
  const calls: (Omit<Call, 'outcome'> & { outcome: Outcome })[] = []
  const listeners: ((state: ClientState) => void)[] = []
  const watches = makeWatches()
  const sightings = makeSightings(host.stamp)
  const notified = (event: WatchEvent): void => {
    host.wake()
    for (const watcher of watches.take(event)) watcher(event)
  }
  const session = makeSession({
    ...host,
    changed: (state) => {
      host.machines.note(`${host.name} is ${state}`)
      host.wake()
      for (const listener of listeners) listener(state)
      if (state === 'connecting' || state === 'connected') return
      for (const path of watches.paths()) notified({ type: 'SessionEnded', path })
    },
    notified,
    restore: watches.request,
    sightings,
  })

  /** The answer, whatever it says; fails when there is none. `told` runs before anything else is heard. */
  const ask = (request: Request, told: (reply: Reply) => void = () => undefined): Promise<Reply> =>
    new Promise((resolve, reject) => {
      let call: (Omit<Call, 'outcome'> & { outcome: Outcome }) | undefined
      const asked: Asked = {
        request,
        sent: (id, xid) => {
          const recorded = operationOf(request)
          if (recorded === undefined) return
          call = { session: id, xid, operation: recorded, invoked: host.stamp(), outcome: { kind: 'unknown' } }
          calls.push(call)
        },
        answered: (reply) => {
          if (call !== undefined) {
            call.outcome = { kind: 'ok', returned: host.stamp(), zxid: reply.zxid, result: resultOf(reply) }
            host.machines.note(`${host.name}: ${showCall(call)}`)
          }
          told(reply)
          resolve(reply)
          host.wake()
        },
        failed: (code) => {
          reject(new ZooKeeperError(code, pathOf(request)))
          host.wake()
        },
      }
      if (request.op === 'closeSession') session.close(asked)
      else session.ask(asked)
    })

  /** The answer to a request that was done. */
  const done = async (request: Request, told?: (reply: Reply) => void): Promise<Reply> => {
    const reply = await ask(request, told)
    const { error } = resultOf(reply)
    if (error !== 'OK') throw new ZooKeeperError(error, pathOf(request))
    return reply
  }

  /** What exists finds is watched as by getData; what it does not find, for its creation. */
  const watching =
    (op: ReadRequest['op'], path: string, watcher: Watcher | undefined) =>
    ({ error }: Reply): void => {
      if (watcher === undefined) return
      if (error === errorCode.OK) watches.add(op === 'getChildren' ? 'child' : 'data', path, watcher)
      else if (op === 'exists' && error === errorCode.NONODE) watches.add('exist', path, watcher)
    }
  const read = (op: ReadRequest['op'], path: string, watcher: Watcher | undefined): ReadRequest => ({
    op,
    path,
    watch: watcher !== undefined,
  })

  const client: Client = {
    state: session.state,
    onState: (listener) => {
      listeners.push(listener)
    },
    sessionId: session.id,
    create: async (path, data, options) => bodyOf(await done(operation.create(path, data, options)), 'create').path,
    get: async (path, watcher) => {
      const { data, stat } = bodyOf(
        await done(read('getData', path, watcher), watching('getData', path, watcher)),
        'getData',
      )
      return { data, stat }
    },
    set: async (path, data, version) => bodyOf(await done(operation.set(path, data, version)), 'setData').stat,
    delete: async (path, version) => {
      await done(operation.delete(path, version))
    },
    exists: async (path, watcher) => {
      const reply = await ask(read('exists', path, watcher), watching('exists', path, watcher))
      return reply.error === errorCode.NONODE ? undefined : bodyOf(reply, 'exists').stat
    },
    children: async (path, watcher) => {
      const reply = await done(read('getChildren', path, watcher), watching('getChildren', path, watcher))
      return [...bodyOf(reply, 'getChildren').children]
    },
    multi: async (operations) => {
      const reply = await done({ op: 'multi', operations })
      // Those before the one that is to blame say OK, those after it RUNTIMEINCONSISTENCY.
      const blamed = resultOf(reply).results?.find(({ error }) => error !== 'OK')
      if (blamed !== undefined) throw new ZooKeeperError(blamed.error)
      return bodyOf(reply, 'multi').results
    },
    sync: async (path = '/') => {
      await done({ op: 'sync', path })
    },
    close: async () => {
      if (session.state() === 'expired' || session.state() === 'closed') return
      await ask({ op: 'closeSession' }).catch(() => undefined)
    },
  }
  return { client, session, calls: () => calls, sightings: sightings.so }
}

type Op = ResponseBody['op']

type BodyOf<O extends Op, B = ResponseBody> = B extends { readonly op: infer P } ? (O extends P ? B : never) : never

const bodyOf = <O extends Op>({ body, error }: Reply, op: O): BodyOf<O> => {
  if (body?.op !== op) throw new Error(`error ${error} with ${body?.op ?? 'no body'}, where ${op} was asked for`)
  // Just compared; the compiler does not narrow by a type parameter.
  return body as BodyOf<O>
}

/** What the history keeps: a sync changes and shows nothing. */
const operationOf = (request: Request): Operation | undefined => {
  switch (request.op) {
    case 'sync':
    case 'ping':
    case 'setWatches':
    case 'auth':
    case 'malformed':
    case 'unimplemented':
      return undefined
    default:
      return request
  }
}

const pathOf = (request: Request): string | undefined => ('path' in request ? (request.path ?? undefined) : undefined)

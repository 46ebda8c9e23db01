// A small, correct ensemble to draw histories from: one sequence of writes, replicas that follow it at their own pace,
// sessions with pipelines that lose connections, watches, and nothing of src/ but types.
import type {
  Call,
  Commit,
  History,
  Outcome,
  Reconnection,
  SessionEnd,
  WatchEvent,
} from '../../../model/consistency/history.js'
import type { Operation, Result, Service } from '../../../model/service.js'
import { makeService } from '../../../model/service.js'
import type { Random } from '../../../model/world/random.js'
import type { Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import type { WatchEventType } from '../../../src/service/response.js'

export interface Sizes {
  readonly sessions: number
  readonly replicas: number
  readonly steps: number
  readonly paths: readonly string[]
  /** Of a hundred steps, how many end a connection. */
  readonly losses: number
  /** Of a hundred steps, how many expire a session. */
  readonly expiries: number
  readonly pipeline: number
  /** Do sessions close themselves? */
  readonly closes: boolean
  /** Of a hundred reads, how many leave a watch. */
  readonly watches: number
}

interface Replica {
  readonly service: Service
  applied: number
}

interface Asked {
  readonly xid: number
  readonly operation: Operation
  readonly invoked: number
  committed: { readonly index: number; readonly result: Result } | undefined
  outcome: Outcome
}

interface Session {
  readonly id: bigint
  replica: Replica
  /** Highest position that it has seen. */
  seen: number
  xid: number
  isAlive: boolean
  /** Not answered yet, on this connection. */
  queue: Asked[]
  /** Lost with a connection, and still under way. */
  stray: Asked[]
  /** `kind path`. */
  readonly watches: Set<string>
}

interface Logged extends Commit {
  readonly operation: Operation
}

/** One of the elements; the sizes see to it that there is one. */
const pick = <A>(random: Random, elements: readonly A[]): A => {
  const element = elements[random.below(elements.length)]
  if (element === undefined) throw new RangeError('nothing to pick from')
  return element
}

const READS = ['exists', 'getData', 'getChildren', 'getChildren2'] as const

/** A history that all checkers must accept, whatever the random numbers. */
export const simulate = (random: Random, sizes: Sizes): History => {
  let clock = 0
  let epoch = 1
  let counter = 0
  const master = makeService()
  const log: Logged[] = []
  const calls: (Asked & { readonly session: bigint })[] = []
  const events: WatchEvent[] = []
  const reconnections: Reconnection[] = []
  const ends: SessionEnd[] = []
  const replicas = Array.from({ length: sizes.replicas }, (): Replica => ({ service: makeService(), applied: 0 }))

  const append = (session: bigint, xid: number, operation: Operation, isInternal: boolean): Result => {
    if (random.below(50) === 0) {
      epoch += 1
      counter = 0
    }
    counter += 1
    const zxid = Z.zxid(epoch, counter)
    log.push({ zxid, session, xid, operation, ...(isInternal ? { internal: operation } : {}) })
    return master.execute(session, operation, zxid)
  }
  const zxidAt = (applied: number): Zxid => log[applied - 1]?.zxid ?? Z.ZERO

  const sessions = Array.from({ length: sizes.sessions }, (_, index): Session => {
    const id = BigInt(index + 1)
    append(id, 0, { op: 'createSession', timeoutMs: 1 }, true)
    const replica = pick(random, replicas)
    return { id, replica, seen: 0, xid: 0, isAlive: true, queue: [], stray: [], watches: new Set() }
  })

  /** The replica does the next write and tells its watchers. */
  const follow = (replica: Replica): void => {
    const write = log[replica.applied]
    if (write === undefined) return
    const watchers = sessions.filter((session) => session.replica === replica && session.watches.size > 0)
    const before = watchers.map(({ watches }) => [...watches].map((watch) => stateOf(replica.service, watch)))
    replica.service.execute(write.session, write.operation, write.zxid)
    replica.applied += 1
    for (const [index, session] of watchers.entries()) {
      const told = new Set<string>()
      for (const [at, watch] of [...session.watches].entries()) {
        const type = eventOf(watch, before[index]?.[at], stateOf(replica.service, watch))
        if (type === undefined) continue
        session.watches.delete(watch)
        const path = watch.slice(watch.indexOf(' ') + 1)
        if (!told.has(`${type} ${path}`)) events.push({ session: session.id, type, path, heard: (clock += 1) })
        told.add(`${type} ${path}`)
      }
    }
  }
  const followTo = (replica: Replica, position: number): void => {
    while (replica.applied < position) follow(replica)
  }

  const ask = (session: Session): void => {
    session.xid += 1
    const operation = draw(random, sizes, session.xid, Number(session.id))
    const asked: Asked & { readonly session: bigint } = {
      session: session.id,
      xid: session.xid,
      operation,
      invoked: (clock += 1),
      committed: undefined,
      outcome: { kind: 'unknown' },
    }
    calls.push(asked)
    session.queue.push(asked)
  }
  /** Whatever is next in the session's order is ordered. */
  const commit = (session: Session): void => {
    const stray = session.stray.shift()
    const asked =
      stray ?? session.queue.find(({ committed, operation }) => committed === undefined && isWrite(operation))
    // A read in front of it is answered first: a server that did not would let it see the session's own later write.
    if (asked === undefined || (stray === undefined && session.queue.indexOf(asked) > 0)) return
    const result = append(session.id, asked.xid, asked.operation, false)
    asked.committed = { index: log.length, result }
    if (asked.operation.op === 'closeSession') session.isAlive = false
  }
  const answer = (session: Session): void => {
    const [head] = session.queue
    if (head === undefined || (isWrite(head.operation) && head.committed === undefined)) return
    session.queue.shift()
    const { replica } = session
    followTo(replica, Math.max(session.seen, head.committed?.index ?? 0))
    const result = head.committed?.result ?? replica.service.execute(session.id, head.operation, Z.ZERO)
    const position = head.committed?.index ?? replica.applied
    session.seen = Math.max(session.seen, position)
    head.outcome = { kind: 'ok', returned: (clock += 1), zxid: zxidAt(position), result }
    const watch = watchOf(head.operation, result)
    if (watch !== undefined) session.watches.add(watch)
  }
  const lose = (session: Session): void => {
    session.stray.push(...session.queue.filter((asked) => isWrite(asked.operation) && asked.committed === undefined))
    if (random.below(2) === 0) session.stray = session.stray.slice(0, random.below(session.stray.length + 1))
    session.queue = []
    const at = (clock += 1)
    const since = zxidAt(session.seen)
    session.replica = pick(random, replicas)
    const watches = [...session.watches]
    session.watches.clear()
    followTo(session.replica, session.seen)
    if (random.below(2) === 0 || watches.length === 0) {
      reconnections.push({ session: session.id, at })
      return
    }
    for (const watch of watches.sort((first, second) => KINDS.indexOf(kindOf(first)) - KINDS.indexOf(kindOf(second)))) {
      const type = missedEvent(session.replica.service, watch, since)
      const path = watch.slice(watch.indexOf(' ') + 1)
      if (type === undefined) session.watches.add(watch)
      else events.push({ session: session.id, type, path, heard: (clock += 1) })
    }
    session.seen = session.replica.applied
    reconnections.push({ session: session.id, at, restored: { at: (clock += 1), zxid: zxidAt(session.seen) } })
  }
  const expire = (session: Session): void => {
    session.queue = []
    session.stray = []
    session.isAlive = false
    append(session.id, 0, { op: 'closeSession' }, true)
    ends.push({ session: session.id, heard: (clock += 1) })
  }
  const step = (): void => {
    const dice = random.below(10_000) / 100
    const living = sessions.filter(({ isAlive }) => isAlive)
    if (living.length === 0) return
    const session = pick(random, living)
    if (dice < sizes.losses) lose(session)
    else if (dice < sizes.losses + sizes.expiries && living.length > 1) expire(session)
    else if (dice < 40) {
      if (session.queue.length < sizes.pipeline) ask(session)
    } else if (dice < 65) commit(session)
    else if (dice < 90) answer(session)
    else follow(pick(random, replicas))
  }
  for (let index = 0; index < sizes.steps; index += 1) step()
  return {
    calls: calls.map(
      ({ session, xid, operation, invoked, outcome }): Call => ({ session, xid, operation, invoked, outcome }),
    ),
    commits: log.map(({ operation: _, ...commit }) => commit),
    events,
    reconnections,
    ends,
  }
}

const draw = (random: Random, { paths, closes, watches }: Sizes, xid: number, session: number): Operation => {
  const path = pick(random, paths)
  const data = Uint8Array.of(session, xid & 0xff, xid >> 8)
  const dice = random.below(100)
  if (dice < 18) return { op: 'create', path, data, acl: null, flags: random.below(4) === 0 ? 1 : 0 }
  if (dice < 24) return { op: 'create2', path: `${path}/s-`, data, acl: null, flags: 2 }
  if (dice < 40) return { op: 'setData', path, data, version: -1 }
  if (dice < 46) return { op: 'setData', path, data, version: random.below(3) }
  if (dice < 55) return { op: 'delete', path, version: -1 }
  if (dice < 60)
    return {
      op: 'multi',
      operations: [
        { op: 'check', path, version: -1 },
        { op: 'setData', path: pick(random, paths), data, version: -1 },
      ],
    }
  if (dice === 60 && closes && random.below(4) === 0) return { op: 'closeSession' }
  return { op: pick(random, READS), path, watch: random.below(100) < watches }
}

const isWrite = ({ op }: Operation): boolean => !READS.some((read) => read === op)

const KINDS = ['data', 'exist', 'child']
const kindOf = (watch: string): string => watch.slice(0, watch.indexOf(' '))

const watchOf = (operation: Operation, { error }: Result): string | undefined => {
  if (!('watch' in operation) || !operation.watch) return undefined
  const { op, path } = operation
  if (error !== 'OK') return op === 'exists' ? `exist ${path}` : undefined
  return op.startsWith('getChildren') ? `child ${path}` : `data ${path}`
}

/** What a watch looks at: is it there, and when did it change last? */
const stateOf = (service: Service, watch: string): Zxid | undefined => {
  const { stat } = service.execute(
    0n,
    { op: 'exists', path: watch.slice(watch.indexOf(' ') + 1), watch: false },
    Z.ZERO,
  )
  return kindOf(watch) === 'child' ? stat?.pzxid : stat?.mzxid
}

const eventOf = (watch: string, before: Zxid | undefined, after: Zxid | undefined): WatchEventType | undefined => {
  if (before === undefined) return after === undefined ? undefined : 'NodeCreated'
  if (after === undefined) return 'NodeDeleted'
  if (Z.equals(before, after)) return undefined
  return kindOf(watch) === 'child' ? 'NodeChildrenChanged' : 'NodeDataChanged'
}

const missedEvent = (service: Service, watch: string, since: Zxid): WatchEventType | undefined => {
  const state = stateOf(service, watch)
  if (kindOf(watch) === 'exist') return state === undefined ? undefined : 'NodeCreated'
  if (state === undefined) return 'NodeDeleted'
  if (!Z.isAfter(state, since)) return undefined
  return kindOf(watch) === 'child' ? 'NodeChildrenChanged' : 'NodeDataChanged'
}

// Large histories, quickly drawn: rounds in which every session asks once, all overlapping; one sequence of writes.
import type { Call, Commit, History } from '../../../model/consistency/history.js'
import type { Operation } from '../../../model/service.js'
import { makeService } from '../../../model/service.js'
import type { Random } from '../../../model/world/random.js'
import { makeRandom } from '../../../model/world/random.js'
import * as Z from '../../../src/core/zxid.js'

export interface Shape {
  readonly operations: number
  readonly sessions: number
  /** Parents, each with as many nodes below. */
  readonly parents: number
  readonly children: number
  /** Of a hundred writes, how many lose their answer; one in two of those is done. */
  readonly losses: number
  /** Of a hundred operations, how many are multis. */
  readonly multis: number
  /** Of a hundred operations, how many make an ephemeral node. */
  readonly ephemerals: number
  /** Of a hundred rounds, how many end with the expiry of a session, of which nobody is told. */
  readonly expiries: number
}

export const SHAPE: Shape = {
  operations: 10_000,
  sessions: 20,
  parents: 20,
  children: 10,
  losses: 0,
  multis: 0,
  ephemerals: 0,
  expiries: 0,
}

/** What makes it hard. */
export const SHAPES: Readonly<Record<string, Partial<Shape>>> = {
  'a plain history': {},
  'one session': { sessions: 1, losses: 20 },
  'very many sessions': { sessions: 200, losses: 5 },
  'a large tree': { parents: 200, children: 50, losses: 5 },
  'one hot node': { parents: 1, children: 1, losses: 20 },
  multis: { multis: 40, losses: 10 },
  'ephemeral nodes, and sessions that expire': { sessions: 50, ephemerals: 5, expiries: 30 },
  'many answers lost': { losses: 15 },
}

/** A history that all checkers must accept. */
export const large = (shape: Shape, seed = 1): History => {
  const random = makeRandom(seed)
  const service = makeService()
  const calls: Call[] = []
  const commits: Commit[] = []
  let counter = 0
  let clock = 0
  let born = 0n

  const commit = (session: bigint, xid: number, operation: Operation, isInternal: boolean) => {
    const zxid = Z.zxid(1, (counter += 1))
    commits.push({ zxid, session, xid, ...(isInternal ? { internal: operation } : {}) })
    return service.execute(session, operation, zxid)
  }
  const bear = (): bigint => {
    born += 1n
    commit(born, 0, { op: 'createSession', timeoutMs: 1 }, true)
    return born
  }
  const sessions = Array.from({ length: shape.sessions }, () => ({ id: bear(), xid: 0 }))
  for (let index = 0; index < shape.operations; index += shape.sessions) {
    const asked = sessions.map((session) => {
      const operation = draw(random, shape, calls.length)
      session.xid += 1
      return { session: session.id, xid: session.xid, operation, invoked: (clock += 1) }
    })
    for (const call of asked) {
      const isRead = 'watch' in call.operation
      const isLost = !isRead && random.below(100) < shape.losses
      if (isLost) {
        if (random.below(2) === 0) commit(call.session, call.xid, call.operation, false)
        calls.push({ ...call, outcome: { kind: 'unknown' } })
        continue
      }
      const result = isRead
        ? service.execute(call.session, call.operation, Z.ZERO)
        : commit(call.session, call.xid, call.operation, false)
      calls.push({ ...call, outcome: { kind: 'ok', returned: (clock += 1), zxid: Z.zxid(1, counter), result } })
    }
    if (random.below(100) >= shape.expiries) continue
    const victim = sessions[random.below(sessions.length)]
    if (victim === undefined) continue
    commit(victim.id, 0, { op: 'closeSession' }, true)
    victim.id = bear()
    victim.xid = 0
  }
  return { calls, commits }
}

const draw = (random: Random, shape: Shape, index: number): Operation => {
  const parent = `/p${random.below(shape.parents)}`
  const path = `${parent}/c${random.below(shape.children)}`
  const data = Uint8Array.of(index & 0xff, (index >> 8) & 0xff, (index >> 16) & 0xff)
  const dice = random.below(100)
  if (dice < shape.ephemerals) return { op: 'create', path: `${path}e`, data, acl: null, flags: 1 }
  if (dice < shape.ephemerals + shape.multis)
    return {
      op: 'multi',
      operations: [
        { op: 'check', path: parent, version: -1 },
        { op: 'setData', path, data, version: -1 },
        { op: 'setData', path: `${parent}/c${random.below(shape.children)}`, data, version: -1 },
      ],
    }
  const kind = random.below(20)
  if (kind === 0) return { op: 'create', path: parent, data, acl: null, flags: 0 }
  if (kind < 4) return { op: 'create', path, data, acl: null, flags: 0 }
  if (kind === 4) return { op: 'delete', path, version: -1 }
  if (kind < 10) return { op: 'setData', path, data, version: -1 }
  if (kind === 10) return { op: 'getChildren2', path: parent, watch: false }
  return { op: 'getData', path, watch: false }
}

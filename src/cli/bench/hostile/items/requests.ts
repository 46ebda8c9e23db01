/** Well-formed requests that are large, deep, many, or odd. */
import type { Request } from '../../../../service/request.js'
import { opcode } from '../../../../wire/request.js'
import type { Item } from '../item.js'
import { attackedClient, createOf, found, sized } from '../tools.js'

export const multiWide: Item = {
  name: 'multi-wide',
  does: 'Forty multis of 10,000 checks each, pipelined, half of which fail at their last check.',
  after: 'issue 10 §2: work is cut into slices by items; ClickHouse Keeper and ZooKeeper have no bound on operations',
  isQuick: false,
  afterwards: 'restartAttacked',
  attack: async (arena) => {
    const client = await attackedClient(arena)
    await client.call(createOf('/checked'), arena.signal)
    const check = { op: 'check', path: '/checked', version: -1 } as const
    const checks = Array.from({ length: sized(arena, 10_000, 1000) }, () => check)
    const multis = Array.from(
      { length: sized(arena, 40, 4) },
      (_, number): Request => ({
        op: 'multi',
        operations: number % 2 === 0 ? checks : [...checks.slice(1), { ...check, path: '/absent' }],
      }),
    )
    const before = client.answers
    await client.askAll(multis, arena.signal)
    const answers = client.answers - before
    client.leave()
    return found(`${answers} of ${multis.length} multis of ${checks.length} checks answered`)
  },
}

export const deepPaths: Item = {
  name: 'deep-paths',
  does: 'Paths of 100,000 components in create, delete, exists with a watch, getData, sync and in setWatches, 200 of each.',
  after: 'issue 10 §2: everything that walks a foreign name',
  isQuick: false,
  afterwards: 'nothing',
  attack: async (arena) => {
    const client = await attackedClient(arena)
    const path = '/a'.repeat(sized(arena, 100_000, 10_000))
    const requests: readonly Request[] = [
      createOf(path),
      { op: 'delete', path, version: -1 },
      { op: 'exists', path, watch: true },
      { op: 'getData', path, watch: true },
      { op: 'sync', path },
      {
        op: 'setWatches',
        relativeZxid: { epoch: 0, counter: 0 },
        dataWatches: [path],
        existWatches: [path],
        childWatches: [path],
      },
    ]
    let answered = 0
    for (let round = 0; round < sized(arena, 200, 5) && !client.isClosed && !arena.signal.aborted; round += 1) {
      await client.askAll(requests, arena.signal)
      answered = client.answers
    }
    client.leave()
    return found(`${answered} answers`)
  },
}

export const sequentialCreates: Item = {
  name: 'sequential-creates',
  does: 'Forty thousand pipelined sequential creates under one node.',
  after: 'queues on ZooKeeper: a node whose children are more than anybody meant (open-io/oio-docs#111)',
  isQuick: false,
  afterwards: 'restartAttacked',
  attack: async (arena) => {
    const client = await attackedClient(arena)
    await client.call(createOf('/queue'), arena.signal)
    const count = sized(arena, 40_000, 500)
    const before = client.answers
    const WINDOW = 1000
    for (let sent = 0; sent < count && !client.isClosed && !arena.signal.aborted; sent += WINDOW)
      await client.askAll(
        Array.from({ length: WINDOW }, () => createOf('/queue/element-', 0, undefined, 2)),
        arena.signal,
      )
    const answers = client.answers - before
    client.leave()
    return found(`${answers} answers`, answers * 30)
  },
}

/** A body that no request has: the opcode alone, with numbers at their ends. */
const odd = (code: number, body: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(12)
  head.writeInt32BE(8 + body.length)
  head.writeInt32BE(7, 4)
  head.writeInt32BE(code, 8)
  return Buffer.concat([head, body])
}

export const oddNumbers: Item = {
  name: 'odd-numbers',
  does: 'Every opcode and some that do not exist with bodies of huge TTLs, counts, versions, flags and null strings, a connection each.',
  after: 'ZOOKEEPER-2901, ZOOKEEPER-2962 and their like: numbers at their ends',
  isQuick: false,
  afterwards: 'restartAttacked',
  attack: async (arena) => {
    const codes = [...Object.values(opcode), 100, 101, 102, 103, 104, 105, 106, 107, 10, 23, -1, -10, 0x7fff_ffff]
    const path = Buffer.from([0, 0, 0, 2, 0x2f, 0x6f])
    const ends = [
      Buffer.alloc(64, 0xff),
      Buffer.concat([Buffer.from([0x7f]), Buffer.alloc(63, 0xff)]),
      Buffer.concat([path, Buffer.alloc(64, 0xff)]),
      Buffer.concat([path, Buffer.from([0x7f]), Buffer.alloc(63, 0xff)]),
      // create /o with an open ACL, flags 5 and the longest TTL.
      Buffer.concat([
        path,
        Buffer.from('ffffffff000000010000001f00000005776f726c6400000006616e796f6e65000000057fffffffffffffff', 'hex'),
      ]),
      Buffer.alloc(0),
    ]
    let sent = 0
    let answers = 0
    for (const code of codes)
      for (const body of ends) {
        const client = await attackedClient(arena)
        await client.send(odd(code, body), AbortSignal.any([arena.signal, AbortSignal.timeout(500)]))
        await client.answered(1, AbortSignal.any([arena.signal, AbortSignal.timeout(arena.brief ? 50 : 200)]))
        sent += 1
        answers += Math.max(0, client.answers)
        client.leave()
      }
    return found(`${sent} requests, ${answers} answers`)
  },
}

/** More watches than anybody needs. */
import type { Zxid } from '../../../../core/zxid.js'
import type { Request } from '../../../../service/request.js'
import type { Item } from '../item.js'
import { openClients } from '../raw-client.js'
import { attackedClient, closedOf, createOf, found, hold, leaveAll, sized } from '../tools.js'

/** Newer than anything: no watch fires at once. */
const NOW: Zxid = { epoch: 0x7fff_ffff, counter: -1 }

const pathOf = (number: number): string => `/${number.toString(36).padStart(5, '0')}`

const setWatches = (first: number, count: number): Request => ({
  op: 'setWatches',
  relativeZxid: NOW,
  dataWatches: [],
  existWatches: Array.from({ length: count }, (_, number) => pathOf(first + number)),
  childWatches: [],
})

export const setWatchesFlood: Item = {
  name: 'set-watches',
  does: 'One client sets 3.2 million watches in 32 frames of 1 MB, and leaves.',
  after: 'issue 10 §2: 2.7 GB, and 11.6 s when that client left; ZOOKEEPER-706 (samuel/go-zookeeper#167)',
  isQuick: true,
  afterwards: 'nothing',
  attack: async (arena) => {
    const client = await attackedClient(arena)
    const each = sized(arena, 100_000, 10_000)
    const frames = sized(arena, 32, 4)
    for (let frame = 0; frame < frames && !client.isClosed; frame += 1) {
      client.ask(setWatches(frame * each, each))
      await client.flush(arena.signal)
    }
    const took = await client.answered(frames, arena.signal)
    const closed = client.isClosed
    client.leave()
    await hold(arena, 3000)
    return found(
      `${frames * each} watches, ${took ? 'all' : `${client.answers} of ${frames}`} frames answered${closed ? ', closed by the server' : ''}`,
    )
  },
}

export const closeWithWatches: Item = {
  name: 'close-with-watches',
  does: 'A hundred clients with 10,000 watches each leave at once.',
  after: 'issue 10 §2: what a connection leaves behind is cleared in one step',
  isQuick: false,
  afterwards: 'nothing',
  attack: async (arena) => {
    const clients = await openClients(arena.attacked.client, sized(arena, 100, 10), arena.signal)
    const each = sized(arena, 10_000, 1000)
    await Promise.all(clients.map((client, number) => client.askAll([setWatches(number * each, each)], arena.signal)))
    leaveAll(clients)
    await hold(arena, 3000)
    return found(`${clients.length} clients with ${each} watches each`)
  },
}

export const watchStorm: Item = {
  name: 'watch-storm',
  does: 'Five hundred clients watch one node and never read; it is written 200 times, and each write fires them all.',
  after: "ZooKeeper's recipes warn of the herd effect; open-io/oio-docs#111",
  isQuick: false,
  afterwards: 'nothing',
  attack: async (arena) => {
    const writer = await attackedClient(arena)
    await writer.call(createOf('/watched'), arena.signal)
    const clients = await openClients(arena.attacked.client, sized(arena, 500, 20), arena.signal)
    const writes = sized(arena, 200, 10)
    const writeAndWatch = async (): Promise<void> => {
      for (const client of clients) {
        client.ask({ op: 'getData', path: '/watched', watch: true })
        void client.flush(arena.signal)
      }
      await writer.call({ op: 'setData', path: '/watched', data: null, version: -1 }, arena.signal)
    }
    for (let number = 0; number < writes && !arena.signal.aborted; number += 1) await writeAndWatch()
    const notifications = clients.reduce((sum, client) => sum + client.counter.notifications, 0)
    const closed = closedOf(clients)
    leaveAll([...clients, writer])
    return found(
      `${clients.length} watchers, ${writes} writes, ${notifications} events read, ${closed} closed by the server`,
    )
  },
}

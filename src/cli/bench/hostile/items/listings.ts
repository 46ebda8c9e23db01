/** Answers that are wide. */
import type { Item } from '../item.js'
import { openClients } from '../raw-client.js'
import { attackedClient, closedOf, createAll, createOf, found, hold, leaveAll, lengthOf, sized } from '../tools.js'

const WIDE = '/wide'
/** So long that the listing is longer than 64 MiB, which was the most that a client might leave unread. */
const NAME_LENGTH = 700

export const wideListing: Item = {
  name: 'wide-listing',
  does: 'A node with 98,000 children of long names, whose listing has 69 MB, is listed by one client, and by 20 that do not read.',
  after: 'issue 10 §2: it could never be listed',
  isQuick: false,
  afterwards: 'restartAttacked',
  attack: async (arena) => {
    const client = await attackedClient(arena)
    const children = sized(arena, 98_000, 2000)
    const paths = Array.from(
      { length: children },
      (_, number) => `${WIDE}/${String(number).padStart(NAME_LENGTH, 'n')}`,
    )
    await client.call(createOf(WIDE), arena.signal)
    const made = await createAll(client, paths, 1000, arena.signal)
    const before = client.counter.bytes
    const listed = await client.call({ op: 'getChildren', path: WIDE, watch: false }, arena.signal)
    const bytes = client.counter.bytes - before
    const readers = await openClients(arena.attacked.client, sized(arena, 20, 5), arena.signal)
    for (const reader of readers) {
      reader.socket.pause()
      reader.ask({ op: 'getChildren', path: WIDE, watch: false })
      await reader.flush(arena.signal)
    }
    await hold(arena, 5000)
    const closed = closedOf(readers)
    leaveAll([...readers, client])
    const isWhole = listed === 0 && bytes > made * NAME_LENGTH
    const check = {
      aim: 'the listing is answered',
      held: isWhole,
      seen: `${bytes} bytes, error ${listed ?? 'none, no answer'}`,
    }
    return found(
      `${made} children; ${readers.length} clients that do not read, ${closed} closed`,
      lengthOf(paths.slice(0, made)),
      [check],
    )
  },
}

export const neverReads: Item = {
  name: 'never-reads',
  does: 'Sixty clients send 200 reads of a 1 MB node each and never read an answer.',
  after: 'issue 10 §2: a budget for one server, not only for one connection',
  isQuick: false,
  afterwards: 'nothing',
  attack: async (arena) => {
    const { attacked, signal } = arena
    const first = await attackedClient(arena)
    await first.call(createOf('/big', 1_000_000), signal)
    const clients = await openClients(attacked.client, sized(arena, 60, 5), signal)
    for (const client of clients) {
      client.socket.pause()
      for (let number = 0; number < sized(arena, 200, 20); number += 1)
        client.ask({ op: 'getData', path: '/big', watch: false })
      await client.flush(signal)
    }
    await hold(arena, 8000)
    const closed = closedOf(clients)
    leaveAll([...clients, first])
    return found(`${clients.length} clients that never read, ${closed} closed by the server`, 1_000_000)
  },
}

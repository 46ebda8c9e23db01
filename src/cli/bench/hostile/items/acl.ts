/** Lists of who may do what that are made to be slow to read. */
import type { Acl } from '../../../../service/acl.js'
import { OPEN, permission } from '../../../../service/acl.js'
import type { Item } from '../item.js'
import { attackedClient, createOf, found, sized } from '../tools.js'

export const aclColons: Item = {
  name: 'acl-colons',
  does: 'Creates with a digest id of 100,000 and of 900,000 colons and an x at its end, five of each.',
  after: 'issue 10 §2: the leader stood for 4.4 s, and was deposed by a million',
  isQuick: true,
  afterwards: 'nothing',
  attack: async (arena) => {
    const client = await attackedClient(arena)
    const answered: (number | undefined)[] = []
    for (const colons of [100_000, sized(arena, 900_000, 100_000)])
      for (let number = 0; number < sized(arena, 5, 1); number += 1) {
        const acl = [{ permissions: permission.ALL, id: { scheme: 'digest', id: `${':'.repeat(colons)}x` } }]
        answered.push(await client.call(createOf(`/colons-${colons}-${number}`, 0, acl), arena.signal))
      }
    client.leave()
    return found(`answers: ${answered.map((code) => code ?? 'none').join(' ')}`)
  },
}

const listOf = (entries: number, salt: number): readonly Acl[] =>
  Array.from({ length: entries }, (_, number) => ({
    permissions: permission.ALL,
    id: { scheme: 'ip', id: `${(salt % 200) + 1}.${number >> 16}.${(number >> 8) & 255}.${number & 255}` },
  }))

/** An entry as the servers keep it. */
const ENTRY_BYTES = 24

export const largeAcl: Item = {
  name: 'large-acl',
  does: 'A node with 30,000 ip entries and one for everybody behind them, and multis of 300 checks on it, then many nodes with large lists that all differ.',
  after: 'issue 10 §2: a multi took 12.6 s, entries being parsed on every check',
  isQuick: false,
  afterwards: 'restartAttacked',
  attack: async (arena) => {
    const entries = sized(arena, 30_000, 3000)
    const lists = sized(arena, 20, 3)
    const client = await attackedClient(arena)
    await client.call(createOf('/large-acl', 0, [...listOf(entries, 0), ...OPEN]), arena.signal)
    const check = { op: 'check', path: '/large-acl', version: -1 } as const
    const multi = { op: 'multi', operations: Array.from({ length: 300 }, () => check) } as const
    await client.askAll(
      Array.from({ length: 5 }, () => multi),
      arena.signal,
    )
    for (let number = 1; number <= lists; number += 1)
      await client.call(createOf(`/list-${number}`, 0, listOf(entries, number)), arena.signal)
    const operations = Array.from({ length: 100 }, (_, number) =>
      createOf(`/small-list-${number}`, 0, listOf(sized(arena, 350, 50), number + 100)),
    )
    await client.call({ op: 'multi', operations }, arena.signal)
    const { answers } = client
    client.leave()
    const stored = (lists + 1) * entries * ENTRY_BYTES + 100 * sized(arena, 350, 50) * ENTRY_BYTES
    return found(`${answers} of ${lists + 7} answers`, stored)
  },
}

/** A client library that nobody here wrote works against real processes, and goes on when the leader is killed. */
import { describe, expect, it } from 'vitest'
import type { Client, WatchEvent } from '../support/client.js'
import { connect, nameOf } from '../support/client.js'
import { makeEnsemble } from '../support/ensemble.js'
import { expectEqualTrees } from '../support/trees.js'
import { untilTrue, within } from '../support/wait.js'
import { startWriting } from '../support/writer.js'

const NODES = 10_000
const AT_ONCE = 200

describe('node-zookeeper-client', () => {
  it('creates and reads 10,000 nodes over three servers', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const clients = await Promise.all(ensemble.servers.map(({ address }) => connect(address)))
    const clientOf = (index: number): Client => elementOf(clients, index)
    for (let group = 0; group < 10; group += 1) await clientOf(group).create(`/group-${group}`)
    const pathOf = (index: number): string => `/group-${index % 10}/node-${index}`

    await inParallel(NODES, async (index) => {
      expect(await clientOf(index).create(pathOf(index), `data of ${index}`)).toBe(pathOf(index))
    })
    await Promise.all(clients.map((client) => client.settle()))
    // Read through another server than the one that it was written through.
    await inParallel(NODES, async (index) => {
      const { data, stat } = await clientOf(index + 1).get(pathOf(index))
      expect(data?.toString()).toBe(`data of ${index}`)
      expect(stat.version).toBe(0)
    })
    const tree = await expectEqualTrees(ensemble)
    expect([...tree.keys()].filter((path) => path.includes('/node-'))).toHaveLength(NODES)
  })

  it('locks by ephemeral sequential nodes: one holder at a time, in the order of the queue', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const first = await connect(ensemble.server(1).address)
    await first.create('/lock')
    const clients = await Promise.all(
      Array.from({ length: 9 }, (_, index) => connect(elementOf(ensemble.servers, index).address)),
    )
    let holders = 0
    const order: string[] = []
    await Promise.all(
      clients.map(async (client) => {
        const own = await acquire(client, '/lock')
        holders += 1
        expect(holders).toBe(1)
        order.push(own)
        // Something that takes a while, as what is done under a lock does.
        await client.settle()
        holders -= 1
        // A lock is released by the end of the session, too.
        if (order.length % 2 === 0) await client.close()
        else await client.remove(`/lock/${own}`)
      }),
    )
    expect(order).toHaveLength(9)
    expect(order).toEqual(order.toSorted())
    await first.settle()
    expect(await first.children('/lock')).toEqual([])
  })

  it('is told of a change once by each watch', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const watching = await connect(ensemble.server(1).address)
    const writing = await connect(ensemble.server(2).address)
    const events: string[] = []
    const note =
      (kind: string) =>
      ({ name, path }: WatchEvent): void =>
        void events.push(`${kind} ${name} ${path}`)
    await writing.create('/watched', 'old')
    await watching.settle()
    await watching.get('/watched', note('data'))
    await watching.children('/watched', note('children'))
    expect(await watching.exists('/absent', note('exists'))).toBe(false)

    for (const data of ['new', 'newer']) await writing.setData('/watched', data)
    for (const name of ['one', 'two']) await writing.create(`/watched/${name}`)
    await writing.create('/absent')
    await writing.remove('/absent')
    await writing.create('/absent')
    // Events stand in front of the answer that shows what they tell of.
    await watching.settle()
    expect(events).toEqual([
      'data NODE_DATA_CHANGED /watched',
      'children NODE_CHILDREN_CHANGED /watched',
      'exists NODE_CREATED /absent',
    ])
  })
})

describe('kill -9 of the leader under load', () => {
  it('loses no acknowledged write; the client goes on; the killed server returns; all trees are equal', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const client = await connect(ensemble.connectString)
    await client.create('/load')
    // This one knows all servers; each of the others knows one.
    const others = await Promise.all(ensemble.servers.map(({ address }) => connect(address)))
    const writers = await Promise.all(
      [client, ...others].map(async (each, index) => {
        await each.create(`/load/${index}`)
        return startWriting(each, `/load/${index}`, 20)
      }),
    )
    const [writer] = writers
    await untilTrue('there is load', () => writers.every(({ acknowledged }) => acknowledged().length > 200))

    const killed = await ensemble.leader()
    await killed.kill()
    const before = writer?.acknowledged().length ?? 0
    await untilTrue('the client writes again', () => (writer?.acknowledged().length ?? 0) > before + 200)
    expect((await ensemble.leader()).id).not.toBe(killed.id)
    const whileDown = writers.flatMap(({ acknowledged }) => [...acknowledged()])
    killed.start()
    await killed.serves()
    await untilTrue('all clients write again', () => writers.every(({ acknowledged }) => acknowledged().length > 400))
    await Promise.all(writers.map((each) => each.stop()))

    const tree = await expectEqualTrees(ensemble)
    const acknowledged = writers.flatMap((each) => each.acknowledged())
    expect(acknowledged.length).toBeGreaterThan(whileDown.length)
    expect(acknowledged.filter((path) => !tree.has(path))).toEqual([])
  })
})

/** The elements in turn, over and over. */
const elementOf = <A>(elements: readonly A[], index: number): A => {
  const element = elements[index % elements.length]
  if (element === undefined) throw new Error('no elements')
  return element
}

/** All of them, so many at a time. */
const inParallel = async (count: number, run: (index: number) => Promise<void>): Promise<void> => {
  let next = 0
  const loop = async (): Promise<void> => {
    while (next < count) await run(next++)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, loop))
}

/** The recipe of the ZooKeeper documentation: queue up, and watch only the one in front. Gives the own place. */
const acquire = async (client: Client, lock: string): Promise<string> => {
  const own = (await client.create(`${lock}/place-`, undefined, 'EPHEMERAL_SEQUENTIAL')).slice(lock.length + 1)
  for (;;) {
    const queue = (await client.children(lock)).toSorted()
    const front = queue[queue.indexOf(own) - 1]
    if (front === undefined) return own
    let gone: () => void = () => undefined
    const change = new Promise<void>((resolve) => (gone = resolve))
    const isThere = await client.get(`${lock}/${front}`, gone).then(
      () => true,
      (error: unknown) => {
        if (nameOf(error) !== 'NO_NODE') throw error
        return false
      },
    )
    if (isThere) await within(`the end of ${front}`, change)
  }
}

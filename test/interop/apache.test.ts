/**
 * One ensemble with Apache ZooKeeper 3.8's servers, in each role, with failover between the two; and data directories
 * that move from one to the other and back.
 */
import { describe, expect, it } from 'vitest'
import type { Client } from '../support/client.js'
import { connect } from '../support/client.js'
import { leaveDivergentTail, SLOW } from '../support/divergent.js'
import type { Ensemble } from '../support/ensemble.js'
import { makeEnsemble } from '../support/ensemble.js'
import { hasKazoo, runKazoo } from '../support/kazoo.js'
import { logsContain } from '../support/log-files.js'
import { hasApache, ServerProcess } from '../support/server-process.js'
import { expectEqualTrees, treeOf } from '../support/trees.js'
import { untilTrue } from '../support/wait.js'
import { startWriting } from '../support/writer.js'

// Whoever has not installed it is told so by the name of a test.
if (!hasApache) it('NOT RUN: Apache ZooKeeper is not installed (apt-get install zookeeper)', () => undefined)

describe.runIf(hasApache)('an ensemble of two servers of ours and one of Apache’s', () => {
  it('led by Apache, and after its kill -9 by ours', async () => {
    const ensemble = await makeEnsemble({ kinds: ['zab', 'zab', 'apache'] })
    await startWithLeader(ensemble, 3)
    await exercise(ensemble, 'led-by-apache')
    if (hasKazoo) expect(await runKazoo(ensemble.connectString)).toBe('done\n')

    await survive(ensemble, 3)
    expect((await ensemble.leader()).kind).toBe('zab')
    await exercise(ensemble, 'led-by-ours')
    await expectNoMismatch(ensemble)
  })

  it('led by ours with Apache following, after kill -9 of the leader too', async () => {
    const ensemble = await makeEnsemble({ kinds: ['apache', 'zab', 'zab'] })
    await startWithLeader(ensemble, 3)
    await exercise(ensemble, 'led-by-ours')

    await survive(ensemble, 3)
    await exercise(ensemble, 'after-failover')
    if (hasKazoo) expect(await runKazoo(ensemble.server(1).address)).toBe('done\n')
    await expectNoMismatch(ensemble)
  })

  it('where Apache is brought level by DIFF and by SNAP', async () => {
    const ensemble = await makeEnsemble({ kinds: ['apache', 'zab', 'zab'], settings: { commitLogCount: 50 } })
    await startWithLeader(ensemble, 3)
    const [apache, , leader] = ensemble.servers
    if (apache === undefined || leader === undefined) throw new Error('no such server')
    const client = await connect(leader.address)
    for (const [mode, count] of [
      ['DIFF', 5],
      ['SNAP', 200],
    ] as const) {
      await apache.kill()
      await Promise.all(Array.from({ length: count }, (_, index) => client.create(`/${mode}-${index}`, 'x')))
      apache.start()
      await apache.serves()
      expect(leader.log()).toContain(`learner 1 is synchronized by ${mode}`)
      await expectEqualTrees(ensemble)
    }
    await expectNoMismatch(ensemble)
  })

  it.each([
    { leader: 'ours', tail: 'Apache’s', kinds: ['zab', 'zab', 'apache'], by: 2 },
    { leader: 'Apache', tail: 'ours', kinds: ['zab', 'apache', 'zab'], by: 2 },
  ] as const)(
    'led by $leader, where a tail of $tail is truncated that nobody else has',
    async ({ leader, kinds, by }) => {
      const ensemble = await makeEnsemble({ kinds, settings: SLOW })
      await startWithLeader(ensemble, 3)
      await (await connect(ensemble.connectString)).create('/kept')
      const former = ensemble.server(3)
      await leaveDivergentTail(ensemble, former, '/never-acknowledged')
      ensemble.server(1).start()
      ensemble.server(2).start()
      await ensemble.serves()
      expect((await ensemble.leader()).id).toBe(by)
      former.start()
      await former.serves()
      // Apache does not log it; but only TRUNC leaves what came before it in the log (SNAP replaces the log, DIFF keeps all).
      if (leader === 'ours') await ensemble.server(by).logged('learner 3 is synchronized by TRUNC')
      else expect(logsContain(former, '/kept')).toBe(true)
      expect(logsContain(former, '/never-acknowledged')).toBe(false)
      const tree = await expectEqualTrees(ensemble)
      expect([tree.has('/kept'), tree.has('/never-acknowledged')]).toEqual([true, false])
      await expectNoMismatch(ensemble)
    },
  )

  it.each([
    { observer: 'Apache', kinds: ['zab', 'zab', 'apache'] },
    { observer: 'ours', kinds: ['apache', 'apache', 'zab'] },
  ] as const)('where the observer is $observer', async ({ kinds }) => {
    const ensemble = await makeEnsemble({ kinds, observers: 1 })
    await ensemble.start()
    await ensemble.server(3).hasMode('observer')
    await exercise(ensemble, 'observed')
    await ensemble.server(3).kill()
    await (await connect(ensemble.server(1).address)).create('/meanwhile')
    ensemble.server(3).start()
    await ensemble.serves()
    await exercise(ensemble, 'again')
    await expectNoMismatch(ensemble)
  })

  it('and one of our servers continues with the directory of Apache’s, and the reverse', async () => {
    const ensemble = await makeEnsemble({ kinds: ['apache', 'zab', 'zab'] })
    await startWithLeader(ensemble, 3)
    await exercise(ensemble, 'before')
    expect(await ensemble.server(2).stop()).toBe(0)
    await ensemble.server(1).stop()
    const swapped = swap(swap(ensemble, 1, 'zab'), 2, 'apache')
    await swapped.start()
    await exercise(swapped, 'after')
    await expectNoMismatch(swapped)
    await swapped.stopAll()
  })
})

describe.runIf(hasApache)('the directory of a standalone server', () => {
  it.each([
    ['apache', 'zab'],
    ['zab', 'apache'],
  ] as const)('moves from %s to %s and back', async (first, second) => {
    let ensemble = await makeEnsemble({ kinds: [first], settings: { snapCount: 40 } })
    let before: ReadonlyMap<string, string> = new Map()
    for (const [index, kind] of [first, second, first].entries()) {
      ensemble = swap(ensemble, 1, kind)
      const server = ensemble.server(1)
      await ensemble.start()
      expect(
        [...(await treeOf(server))].filter(([path, node]) => before.get(path) !== node && before.size > 0),
      ).toEqual([])
      const client = await connect(server.address)
      await write(client, `/round-${index}`)
      await client.close()
      before = await treeOf(server)
      await server.stop()
    }
    expect(before.has('/round-0/changed')).toBe(true)
  })
})

/** The first two servers that run are this one and another, so they elect it: the greatest id wins among equals. */
const startWithLeader = async (ensemble: Ensemble, id: number): Promise<void> => {
  const other = ensemble.servers.find((server) => server.id !== id)
  ensemble.server(id).start()
  other?.start()
  await ensemble.serves()
  await ensemble.start()
  expect((await ensemble.leader()).id).toBe(id)
}

/** Writes through every server; then all trees are equal. */
const exercise = async (ensemble: Ensemble, name: string): Promise<void> => {
  const client = await connect(ensemble.connectString)
  await client.create(`/${name}`)
  await client.settle()
  await Promise.all(
    ensemble.servers.map(async (server) => {
      const own = await connect(server.address)
      await own.settle()
      await write(own, `/${name}/${server.id}`)
    }),
  )
  const tree = await expectEqualTrees(ensemble)
  for (const { id } of ensemble.servers) expect(tree.has(`/${name}/${id}/changed`)).toBe(true)
}

/** Nodes of every kind, some changed, some deleted. */
const write = async (client: Client, parent: string): Promise<void> => {
  await client.create(parent, 'parent')
  await Promise.all(Array.from({ length: 30 }, (_, index) => client.create(`${parent}/${index}`, `data ${index}`)))
  await client.create(`${parent}/sequence-`, 'x', 'PERSISTENT_SEQUENTIAL')
  await client.create(`${parent}/session-`, undefined, 'EPHEMERAL_SEQUENTIAL')
  await client.create(`${parent}/changed`, '')
  for (const data of ['one', 'two', 'größer']) await client.setData(`${parent}/changed`, data)
  await client.remove(`${parent}/7`)
}

/** kill -9 of the leader under load, and its return: nothing acknowledged is lost. */
const survive = async (ensemble: Ensemble, id: number): Promise<void> => {
  const client = await connect(ensemble.connectString)
  const parent = `/survive-${id}`
  await client.create(parent)
  const writer = startWriting(client, parent, 10)
  await untilTrue('there is load', () => writer.acknowledged().length > 100)
  await ensemble.server(id).kill()
  const before = writer.acknowledged().length
  await untilTrue('the client writes again', () => writer.acknowledged().length > before + 100)
  ensemble.server(id).start()
  await ensemble.server(id).serves()
  await writer.stop()
  const tree = await expectEqualTrees(ensemble)
  expect(writer.acknowledged().filter((path) => !tree.has(path))).toEqual([])
}

/** Each server compares its tree with the digest that the leader put into every transaction. */
const expectNoMismatch = async (ensemble: Ensemble): Promise<void> => {
  for (const server of ensemble.running()) expect(await server.figure('zk_digest_mismatches_count')).toBe('0')
}

/** The same ensemble with one server, which is down, of the other kind: same directory, same ports. */
const swap = (ensemble: Ensemble, id: number, kind: ServerProcess['kind']): Ensemble =>
  ensemble.with(new ServerProcess(id, kind, ensemble.server(id).directory, ensemble.server(id).clientPort))

// The fake ensemble: its clients see what ZooKeeper's would, a server dies when told, and equal seeds give equal runs.
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { Client, ClientState, Ensemble, EnsembleOptions, Fault, WatchEvent } from '../../../model/testing/index.js'
import { arbitraries, isError, makeEnsemble, operation } from '../../../model/testing/index.js'
import type { Program } from '../../../model/world/node.js'
import * as server from '../../../src/server/server.js'

const text = (data: Uint8Array | null): string | undefined =>
  data === null ? undefined : new TextDecoder().decode(data)

/** Runs a program with one client, and judges what was seen. */
const withClient = async <A>(
  program: (client: Client, ensemble: Ensemble) => Promise<A>,
  options?: EnsembleOptions,
): Promise<A> => {
  const ensemble = makeEnsemble(options)
  const result = await ensemble.run(() => program(ensemble.client(), ensemble))
  expect(ensemble.verdict()).toEqual({ kind: 'Held' })
  return result
}

/** Waits until some server leads. */
const leaderOf = async (ensemble: Ensemble): Promise<number> => {
  for (;;) {
    const leader = ensemble.leader()
    if (leader !== undefined) return leader
    await ensemble.sleep(100)
  }
}

const settled = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

describe('operations', () => {
  it.each([false, true])('do what they say, codecs: %s', async (codecs) => {
    await withClient(
      async (client, ensemble) => {
        expect(ensemble.servers).toEqual([1, 2, 3, 4])
        expect(await client.create('/a', 'one')).toBe('/a')
        expect(await client.create('/a/s-', '', { sequential: true })).toBe('/a/s-0000000000')
        const { data, stat } = await client.get('/a')
        expect([text(data), stat.version, stat.childCount]).toEqual(['one', 0, 1])
        expect((await client.set('/a', 'two', 0)).version).toBe(1)
        expect((await client.exists('/a'))?.dataLength).toBe(3)
        expect(await client.exists('/none')).toBeUndefined()
        expect(await client.children('/a')).toEqual(['s-0000000000'])
        await client.delete('/a/s-0000000000')
        await client.sync()
        expect(await client.children('/a')).toEqual([])
      },
      { codecs, observers: 1 },
    )
  })

  it('are refused by name', async () => {
    await withClient(async (client) => {
      await client.create('/a')
      const refused = [client.create('/a'), client.set('/a', '', 7), client.get('/b'), client.delete('/b')]
      expect(await Promise.all(refused.map(settled))).toEqual([
        'NODEEXISTS for /a',
        'BADVERSION for /a',
        'NONODE for /b',
        'NONODE for /b',
      ])
      expect(isError(await client.create('/a').catch((error: unknown) => error), 'NODEEXISTS')).toBe(true)
      expect(isError(new Error('NODEEXISTS'), 'NODEEXISTS')).toBe(false)
    })
  })

  it('of a multi are done together or not at all', async () => {
    await withClient(async (client) => {
      const results = await client.multi([
        operation.create('/a', 'x'),
        operation.set('/a', 'y'),
        operation.check('/a', 1),
      ])
      expect(results.map(({ op }) => op)).toEqual(['create', 'setData', 'check'])
      expect(await settled(client.multi([operation.delete('/a'), operation.check('/a', 0)]))).toBe('NONODE')
      expect(text((await client.get('/a')).data)).toBe('y')
    })
  })

  it('of one client are answered in their order, however many are under way', async () => {
    await withClient(async (client) => {
      const order: string[] = []
      const note = (name: string) => (): number => order.push(name)
      await Promise.all([
        client.create('/a').then(note('create')),
        client.get('/a').then(note('get')),
        client.sync().then(note('sync')),
        client.exists('/a').then(note('exists')),
        client.delete('/a').then(note('delete')),
      ])
      expect(order).toEqual(['create', 'get', 'sync', 'exists', 'delete'])
    })
  })
})

describe('watches', () => {
  it('are told before anything that is later, in the order of the changes, once', async () => {
    await withClient(async (client, ensemble) => {
      const other = ensemble.client()
      const seen: string[] = []
      const watcher = ({ type, path }: WatchEvent): number => seen.push(`${type} ${path}`)
      await client.exists('/a', watcher)
      await client.children('/', watcher)
      await other.create('/a', '1')
      while ((await client.exists('/a')) === undefined) seen.push('not yet')
      seen.push('visible')
      await client.get('/a', watcher)
      await other.set('/a', '2')
      await other.set('/a', '3')
      await other.delete('/a')
      await client.sync()
      expect(seen.filter((line) => line !== 'not yet')).toEqual([
        'NodeCreated /a',
        'NodeChildrenChanged /',
        'visible',
        'NodeDataChanged /a',
      ])
      expect(seen.lastIndexOf('not yet')).toBeLessThan(seen.indexOf('NodeCreated /a') + 1)
    })
  })

  it('outlive a connection, and what was missed meanwhile is told', async () => {
    await withClient(async (client, ensemble) => {
      const other = ensemble.client({ server: 2 })
      const seen: string[] = []
      await other.create('/a')
      await other.create('/b')
      await client.sync()
      const watcher = ({ type, path }: WatchEvent): number => seen.push(`${type} ${path}`)
      await client.get('/a', watcher)
      await client.exists('/b', watcher)
      await client.exists('/c', watcher)
      await client.children('/a', watcher)
      ensemble.inject({ kind: 'cutClient', client: 0 })
      ensemble.inject({ kind: 'dropClient', client: 0 })
      await other.set('/a', 'changed')
      await other.delete('/b')
      await other.create('/c')
      await other.create('/a/child')
      await ensemble.sleep(500)
      expect(seen).toEqual([])
      ensemble.inject({ kind: 'heal' })
      await client.sync()
      expect(seen.toSorted()).toEqual([
        'NodeChildrenChanged /a',
        'NodeCreated /c',
        'NodeDataChanged /a',
        'NodeDeleted /b',
      ])
    })
  })
})

describe('faults', () => {
  it('of the leader, with clients waiting: each learns its fate, and what was acknowledged stays', async () => {
    for (const seed of [1, 2, 3, 4]) {
      const ensemble = makeEnsemble({ servers: 3, observers: 1, seed })
      await ensemble.run(async () => {
        const clients = [1, 2, 3, 4].map((id) => ensemble.client({ server: id }))
        const leader = await leaderOf(ensemble)
        await Promise.all(clients.map((client, index) => client.create(`/before-${index}`)))
        const fates = clients.map((client, index) => settled(client.create(`/after-${index}`)))
        await ensemble.sleep(seed * 2)
        ensemble.inject({ kind: 'crash', server: leader })
        const known = await Promise.all(fates)
        expect(known.filter((fate) => fate !== 'done' && !fate.startsWith('CONNECTIONLOSS'))).toEqual([])
        expect(ensemble.isUp(leader)).toBe(false)
        const reader = ensemble.client({ server: (leader % 3) + 1 })
        await reader.sync()
        const found = await reader.children('/')
        for (const [index, fate] of known.entries()) {
          expect(found).toContain(`before-${index}`)
          if (fate === 'done') expect(found).toContain(`after-${index}`)
        }
        expect(ensemble.leader()).not.toBe(leader)
      })
      expect(ensemble.verdict()).toEqual({ kind: 'Held' })
    }
  })

  it('of a minority stop nobody, of a majority everybody until they are healed', async () => {
    await withClient(async (client, ensemble) => {
      await client.create('/a')
      ensemble.inject({ kind: 'partition', group: [1] })
      await ensemble.sleep(5000)
      await client.set('/a', 'served by the others')
      ensemble.inject({ kind: 'isolate', server: 2 })
      const write = settled(client.set('/a', 'served by nobody'))
      const first = await Promise.race([write, ensemble.sleep(20_000).then(() => 'time')])
      expect(first).not.toBe('done')
      ensemble.heal()
      await ensemble.sleep(5000)
      await ensemble.client().set('/a', 'served again')
    })
  })

  it('end a session that is silent for too long, and its ephemeral nodes with it', async () => {
    await withClient(async (client, ensemble) => {
      const states: ClientState[] = []
      client.onState((state) => states.push(state))
      const other = ensemble.client()
      const told: string[] = []
      await client.create('/mine', '', { ephemeral: true })
      await client.create('/left')
      await client.get('/left', ({ type, path }) => told.push(`${type} ${path}`))
      let gone = false
      await other.exists('/mine', ({ type }) => {
        gone = type === 'NodeDeleted'
      })
      ensemble.inject({ kind: 'cutClient', client: 0 })
      await ensemble.sleep(3000)
      expect([client.state(), gone]).toEqual(['connecting', false])
      await ensemble.sleep(7000)
      expect(gone).toBe(true)
      expect(await other.children('/')).not.toContain('mine')
      const write = settled(client.set('/left', ''))
      ensemble.inject({ kind: 'heal' })
      expect(await write).toBe('SESSIONEXPIRED for /left')
      expect(await settled(client.get('/left'))).toBe('SESSIONEXPIRED for /left')
      expect(states).toEqual(['connected', 'connecting', 'expired'])
      expect(told).toEqual(['SessionEnded /left'])
    })
  })

  it.each([false, true])('that cut a client off lose and reorder nothing, codecs: %s', async (codecs) => {
    await withClient(
      async (client, ensemble) => {
        await client.create('/a')
        const order: number[] = []
        const answers = Array.from({ length: 20 }, async (_, index) => {
          await (index % 2 === 0 ? client.set('/a', `${index}`) : client.exists('/a'))
          order.push(index)
        })
        for (let round = 0; round < 4; round += 1) {
          ensemble.inject({ kind: 'cutClient', client: 0 })
          await ensemble.sleep(20)
          ensemble.inject({ kind: 'heal' })
          await ensemble.sleep(3)
        }
        await Promise.all(answers)
        expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index))
      },
      { codecs },
    )
  })

  it('of a connection do not end its session', async () => {
    await withClient(async (client, ensemble) => {
      await client.create('/mine', '', { ephemeral: true })
      const session = client.sessionId()
      const fate = settled(client.set('/mine', 'x'))
      ensemble.inject({ kind: 'dropClient', client: 0 })
      expect(await fate).toBe('CONNECTIONLOSS for /mine')
      await client.sync()
      expect(await client.exists('/mine')).toBeDefined()
      expect(client.sessionId()).toBe(session)
      await client.close()
      expect(client.state()).toBe('closed')
      expect(await ensemble.client().children('/')).not.toContain('mine')
    })
  })
})

describe('the whole menu of the world', () => {
  it.each<readonly [Fault, ...Fault[]]>([
    [{ kind: 'crash', server: 1, at: 'unsynced', loss: 'all' }],
    [{ kind: 'isolate', server: 1, direction: 'in' }],
    [{ kind: 'halfOpen', first: 1, second: 2 }],
    [{ kind: 'failDisk', server: 1, error: 'EIO' }],
    [
      { kind: 'drift', server: 1, permille: 900 },
      { kind: 'jump', server: 1, ms: -60_000 },
    ],
    [
      { kind: 'flip', server: 1, where: 'log' },
      { kind: 'crash', server: 1 },
    ],
  ])('survived: %j', async (...list) => {
    const ensemble = makeEnsemble({ seed: 3 })
    await ensemble.run(async () => {
      await leaderOf(ensemble)
      const client = ensemble.client()
      for (let turn = 0; turn < 5; turn += 1) {
        await settled(client.create(`/${turn}`))
        for (const each of list) ensemble.inject(each)
        await ensemble.sleep(500)
      }
      ensemble.heal()
      await ensemble.sleep(5000)
      expect(await settled(ensemble.client().create('/after'))).toBe('done')
    })
    expect(ensemble.verdict(), ensemble.story()).toEqual({ kind: 'Held' })
  })
})

describe('a run', () => {
  const { fault } = arbitraries(fc)
  const faults = fc.array(fc.tuple(fault(), fc.constantFrom(1, 10, 100, 1000)), { maxLength: 12, size: 'max' })

  /** Two clients count on two nodes while faults come; what they saw, and all that happened. */
  const play = async (
    seed: number,
    codecs: boolean,
    steps: readonly (readonly [Parameters<Ensemble['inject']>[0], number])[],
  ) => {
    const ensemble = makeEnsemble({ seed, codecs, observers: 1 })
    const seen: string[] = []
    let isOver = false
    const count = async (name: string): Promise<void> => {
      let client = ensemble.client()
      for (let turn = 0; !isOver; turn += 1) {
        seen.push(
          `${name} ${await settled(turn % 2 === 0 ? client.create(`/${turn % 4}`) : client.delete(`/${turn % 4}`))}`,
        )
        await client.get('/1').catch(() => undefined)
        if (client.state() === 'expired') client = ensemble.client()
        await ensemble.sleep(50)
      }
    }
    const trouble = async (): Promise<void> => {
      for (const [each, ms] of steps) {
        ensemble.inject(each)
        await ensemble.sleep(ms)
      }
      ensemble.heal()
      await ensemble.sleep(2000)
      isOver = true
    }
    await ensemble.run(() => Promise.all([count('first'), count('second'), trouble()]))
    return { ensemble, seen }
  }

  it('is the same for the same seed, and another for another', async () => {
    const steps = fc.sample(faults, { seed: 5, numRuns: 1 })[0] ?? []
    const [first, again, other] = [
      await play(7, false, steps),
      await play(7, false, steps),
      await play(8, false, steps),
    ]
    expect(again.seen).toEqual(first.seen)
    expect(again.ensemble.fingerprint()).toBe(first.ensemble.fingerprint())
    expect(other.ensemble.fingerprint()).not.toBe(first.ensemble.fingerprint())
  })

  it('holds whatever faults come: every step checked, all histories linearizable and in session order', async () => {
    const holds = fc.asyncProperty(fc.nat(), fc.boolean(), faults, async (seed, codecs, steps) => {
      const { ensemble, seen } = await play(seed, codecs, steps)
      expect(seen.length).toBeGreaterThan(0)
      expect(ensemble.verdict(), ensemble.story()).toEqual({ kind: 'Held' })
    })
    await fc.assert(holds, { seed: 1, numRuns: 15 })
  })

  it('that does not end is stopped, and says what happened', async () => {
    const ensemble = makeEnsemble()
    ensemble.client()
    const message = await settled(ensemble.run(() => new Promise(() => undefined), 5000))
    expect(message).toContain('has not ended within 5000 ms of simulated time')
    expect(message).toContain('client 0 is connected')
    expect(ensemble.nowMs()).toBe(5000)
    expect(await ensemble.run(async () => 1)).toBe(1)
  })

  it('is alone', async () => {
    const ensemble = makeEnsemble()
    expect(await settled(ensemble.run(() => ensemble.run(async () => 1)))).toContain('runs a program already')
  })
})

describe('the checks', () => {
  /** A server whose reads show no data. */
  const confused: Program = {
    initial: server.initial,
    step: (config, before, event, now) => {
      const step = server.step(config, before, event, now)
      const effects = step.effects.map((effect) =>
        effect.kind === 'ClientSend' && effect.message.kind === 'Reply' && effect.message.body?.op === 'getData'
          ? { ...effect, message: { ...effect.message, body: { ...effect.message.body, data: null } } }
          : effect,
      )
      return { ...step, effects }
    },
  }
  /** A server that forgets its epochs when it starts. */
  const forgetful: Program = {
    initial: server.initial,
    step: (config, before, event, now) =>
      server.step(
        config,
        before,
        event.kind === 'Started'
          ? { ...event, durable: { ...event.durable, acceptedEpoch: 0, currentEpoch: 0 } }
          : event,
        now,
      ),
  }

  it('see a wrong answer', async () => {
    const ensemble = makeEnsemble({}, confused)
    await ensemble.run(async () => {
      const client = ensemble.client()
      await client.create('/a', 'x')
      await client.get('/a')
    })
    expect(ensemble.verdict().kind).toBe('Violated')
  })

  /** A server that tells nobody of a change. */
  const silent: Program = {
    initial: server.initial,
    step: (config, before, event, now) => {
      const step = server.step(config, before, event, now)
      const isTold = (effect: (typeof step.effects)[number]): boolean =>
        effect.kind === 'ClientSend' && effect.message.kind === 'WatchNotification'
      return { ...step, effects: step.effects.filter((effect) => !isTold(effect)) }
    },
  }

  it.each([false, true])('see a change that a watch does not tell, after a lost connection: %s', async (isLost) => {
    const ensemble = makeEnsemble({}, silent)
    await ensemble.run(async () => {
      const [client, other] = [ensemble.client(), ensemble.client()]
      await client.exists('/a', () => undefined)
      if (isLost) ensemble.inject({ kind: 'dropClient', client: 0 })
      await other.create('/a')
      await client.sync()
      await client.exists('/a')
    })
    expect(ensemble.verdict()).toMatchObject({ kind: 'Violated', clause: 'SESS-6' })
  })

  it('see a server that breaks a promise, and stop the run', async () => {
    const ensemble = makeEnsemble({}, forgetful)
    const message = await settled(
      ensemble.run(async () => {
        const client = ensemble.client()
        for (let turn = 0; turn < 5; turn += 1) {
          await client.create('/a-', '', { sequential: true }).catch(() => undefined)
          for (const id of ensemble.servers) ensemble.inject({ kind: 'crash', server: id })
          for (const id of ensemble.servers) ensemble.inject({ kind: 'restart', server: id })
        }
      }),
    )
    expect(message).toContain('the servers broke LEADERSHIP')
    expect(message).toContain('VIOLATED LEADERSHIP')
    expect(ensemble.verdict().kind).toBe('Violated')
  })
})

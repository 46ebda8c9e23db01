/**
 * An ensemble that changes its members while it works, told so by kazoo: a server joins, the leader leaves, everything is
 * restarted, and nothing that was acknowledged is lost. RECFG-1 … RECFG-10.
 */
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Client } from '../support/client.js'
import { connect } from '../support/client.js'
import type { Ensemble } from '../support/ensemble.js'
import { makeEnsemble, memberLine } from '../support/ensemble.js'
import { hasKazoo, PYTHON, reconfigure } from '../support/kazoo.js'
import type { Kind, ServerProcess } from '../support/server-process.js'
import { hasApache } from '../support/server-process.js'
import { expectEqualTrees } from '../support/trees.js'
import { untilTrue } from '../support/wait.js'
import type { Writer } from '../support/writer.js'
import { startWriting } from '../support/writer.js'

const RECONFIGURABLE = { reconfigEnabled: 'true', skipACL: 'yes' }

interface Company {
  readonly name: string
  /** The first three form the ensemble, led by the third; the fourth joins. */
  readonly kinds: readonly Kind[]
  /** Whom kazoo asks to let the fourth one in. */
  readonly asked: number
}

const COMPANIES: readonly Company[] = [
  { name: 'ours', kinds: ['zab', 'zab', 'zab', 'zab'], asked: 1 },
  { name: 'Apache’s, which leads, among ours', kinds: ['zab', 'zab', 'apache', 'zab'], asked: 3 },
  { name: 'ours, which leads Apache’s', kinds: ['apache', 'zab', 'zab', 'apache'], asked: 1 },
]

describe('three servers that may be reconfigured', () => {
  const companies = COMPANIES.filter(({ kinds }) => hasApache || !kinds.includes('apache'))
  it.runIf(hasKazoo).for(companies)(
    'take a fourth one in, let their leader go, and keep both over restarts: $name',
    async ({ kinds, asked }) => {
      const ensemble = await makeEnsemble({ kinds, joiners: [4], settings: RECONFIGURABLE })
      await startWithLeader(ensemble)
      const client = await connect([1, 2, 3].map((id) => ensemble.server(id).address).join(','))
      const load = loadFrom(client)
      await load.begin()
      await load.goesOn('at first')

      const joiner = ensemble.server(4)
      // Apache's server rewrites its zoo.cfg; and it does not survive commits while it is brought level (ZOOKEEPER-4394).
      const line = memberLine(joiner)
      if (joiner.kind === 'apache') await load.end()
      joiner.start()
      await joiner.hasMode('follower')
      expect(await joiner.figure('zk_quorum_size')).toBe('3')
      if (joiner.kind === 'apache') await load.begin()
      const joined = await reconfigure(ensemble.server(asked).address, { joining: line })
      expect(membersIn(joined), joined).toEqual([1, 2, 3, 4])
      await follows(ensemble, joined)
      await load.goesOn('with server 4')

      const former = await ensemble.leader()
      expect(former.id).toBe(3)
      const rest = [1, 2, 4].map((id) => ensemble.server(id))
      const changed = await reconfigure(ensemble.server(2).address, { leaving: '3' })
      expect(membersIn(changed), changed).toEqual([1, 2, 4])
      await follows(ensemble, changed)
      expect(await ensemble.leader()).not.toBe(former)
      await load.goesOn('without server 3')
      await former.hasMode('follower')

      await load.end()
      const holdsAll = async (): Promise<void> => {
        const tree = await expectEqualTrees(ensemble)
        expect(load.acknowledged().filter((path) => !tree.has(path))).toEqual([])
        await follows(ensemble, changed)
      }
      await holdsAll()
      await ensemble.stopAll()
      // Apache's does not start where its configuration does not list it.
      for (const server of former.kind === 'zab' ? ensemble.servers : rest) server.start()
      await ensemble.serves()
      await holdsAll()

      await former.stop()
      await Promise.all(rest.map((server) => server.kill()))
      for (const server of rest) server.start()
      await ensemble.serves()
      await (await connect(ensemble.server(1).address)).create('/on')
      await holdsAll()
    },
  )

  it.runIf(hasKazoo)('take a fourth one in as an observer, then give it a vote, and take its vote again', async () => {
    const ensemble = await makeEnsemble({ kinds: ['zab', 'zab', 'zab', 'zab'], joiners: [4], settings: RECONFIGURABLE })
    await ensemble.start()
    const { address } = ensemble.server(1)
    const participant = memberLine(ensemble.server(4))
    const observer = participant.replace(':participant;', ':observer;')
    for (const [joining, mode, voters] of [
      [observer, 'observer', '3'],
      [participant, 'follower', '4'],
      [observer, 'observer', '3'],
    ] as const) {
      const text = await reconfigure(address, { joining })
      expect(text.split('\n')).toContain(joining)
      await ensemble.server(4).hasMode(mode)
      await follows(ensemble, text, voters)
      await (await connect(ensemble.server(4).address)).create(`/${mode}-`, '', 'PERSISTENT_SEQUENTIAL')
      await expectEqualTrees(ensemble)
    }
  })

  it.runIf(hasKazoo)(
    'call a server back that they do not know and that has the smallest id, and let it in',
    async () => {
      const ensemble = await makeEnsemble({
        kinds: ['zab', 'zab', 'zab', 'zab'],
        joiners: [1],
        settings: RECONFIGURABLE,
      })
      for (const id of [2, 3, 4]) ensemble.server(id).start()
      await ensemble.serves()
      ensemble.server(1).start()
      await ensemble.server(1).hasMode('follower')
      const text = await reconfigure(ensemble.server(1).address, { joining: memberLine(ensemble.server(1)) })
      expect(membersIn(text), text).toEqual([1, 2, 3, 4])
      await follows(ensemble, text)
      await ensemble.killAll()
      await ensemble.start()
      await follows(ensemble, text)
    },
  )

  it.runIf(hasKazoo)('refuse a change that no quorum could follow yet, and one that nobody allowed', async () => {
    const ensemble = await makeEnsemble({ kinds: ['zab', 'zab', 'zab', 'zab'], joiners: [4], settings: RECONFIGURABLE })
    for (const id of [1, 2]) ensemble.server(id).start()
    await ensemble.serves()
    const { address } = ensemble.server(1)
    expect(await reconfigure(address, { joining: memberLine(ensemble.server(4)) })).toBe('NewConfigNoQuorumError')
    expect(await reconfigure(address, { joining: 'server.4=nonsense' })).toBe('BadArgumentsError')

    const closed = await makeEnsemble({ kinds: ['zab', 'zab'], settings: { reconfigEnabled: 'true' } })
    await closed.start()
    expect(await reconfigure(closed.server(1).address, { leaving: '2' })).toBe('NoAuthError')
  })

  // Whoever has not installed it is told so by the name of a test.
  if (!hasKazoo) it(`NOT RUN: ${PYTHON} cannot import kazoo (apt-get install python3-kazoo)`, () => undefined)
})

/** Servers 3 and 1 elect server 3: the greater id wins among equals. */
const startWithLeader = async (ensemble: Ensemble): Promise<void> => {
  ensemble.server(3).start()
  ensemble.server(1).start()
  await ensemble.serves()
  ensemble.server(2).start()
  await ensemble.serves()
  expect((await ensemble.leader()).id).toBe(3)
}

/** Ids of the server lines of a configuration text. */
const membersIn = (text: string): readonly number[] =>
  [...text.matchAll(/^server\.(\d+)=/gm)].map(([, id]) => Number(id)).toSorted((first, second) => first - second)

/** Every running server says that this is its configuration: to clients, and to administrators. */
const follows = async (ensemble: Ensemble, text: string, voters = String(membersIn(text).length)): Promise<void> => {
  await Promise.all(
    ensemble.running().map(async (server: ServerProcess) => {
      await untilTrue(`server ${server.id} has the new configuration`, async () =>
        ((await server.word('conf')) ?? '').includes(text),
      )
      await server.serves()
      const client = await connect(server.address)
      expect(await client.text('/zookeeper/config')).toBe(text)
      await client.close()
      await untilTrue(
        `server ${server.id} counts ${voters} voters`,
        async () => (await server.figure('zk_quorum_size')) === voters,
      )
    }),
  )
}

interface Load {
  readonly begin: () => Promise<void>
  /** Lets the writes under way end. */
  readonly end: () => Promise<void>
  readonly acknowledged: () => readonly string[]
  readonly goesOn: (when: string) => Promise<void>
}

/** Writers that can rest; each time they write below another node. */
const loadFrom = (client: Client): Load => {
  const writers: Writer[] = []
  const acknowledged = (): readonly string[] => writers.flatMap((writer) => writer.acknowledged())
  const end = async (): Promise<void> => {
    await writers.at(-1)?.stop()
  }
  // Also when the test fails: a writer without a server would never stop.
  onTestFinished(() => void end().catch(() => undefined))
  return {
    begin: async () => {
      const parent = await client.create('/load-', '', 'PERSISTENT_SEQUENTIAL')
      writers.push(startWriting(client, parent, 5))
    },
    end,
    acknowledged,
    goesOn: async (when) => {
      const before = acknowledged().length
      await untilTrue(`writes go on ${when}`, () => acknowledged().length > before + 100)
    },
  }
}

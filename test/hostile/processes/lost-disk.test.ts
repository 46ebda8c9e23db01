/** Lost disks and lost configurations, on real servers: what was acknowledged is not lost in silence. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '../../support/client.js'
import type { Ensemble } from '../../support/ensemble.js'
import { makeEnsemble } from '../../support/ensemble.js'
import type { ServerProcess } from '../../support/server-process.js'
import { ROOT } from '../../support/server-process.js'

/** Three servers that have been stopped after /x was written, with a few records after it. */
const written = async (settings: Readonly<Record<string, string | number>> = {}): Promise<Ensemble> => {
  const ensemble = await makeEnsemble({ settings })
  for (const server of ensemble.servers) initialize(server)
  await ensemble.start()
  const client = await connect(ensemble.connectString)
  await client.create('/x', 'kept')
  await client.close()
  await ensemble.level()
  expect(await ensemble.stopAll()).toEqual([0, 0, 0])
  return ensemble
}

const initialize = (server: ServerProcess): void => writeFileSync(join(server.dataDirectory, 'initialize'), '')

const empty = (server: ServerProcess): void => {
  rmSync(join(server.dataDirectory, 'version-2'), { recursive: true })
}

const warnings = (server: ServerProcess): readonly string[] =>
  server
    .recentLog()
    .split('\n')
    .filter((line) => line.includes(' WARN '))

describe('two of three data directories emptied', () => {
  it('are told of when those two start, and when the third comes and loses its history', async () => {
    const ensemble = await written()
    const [first, second, third] = [ensemble.server(1), ensemble.server(2), ensemble.server(3)]
    for (const server of [first, second]) {
      empty(server)
      server.start()
    }
    for (const server of [first, second]) {
      const line = await server.logged(`${server.dataDirectory} is empty`)
      expect(line).toContain(' WARN ')
      expect(line).toContain('lost for all when a majority of the servers is in this state')
      await server.serves()
    }
    third.start()
    expect(await third.logged('are dropped here')).toMatch(/ WARN .*acknowledged writes are lost/)
    for (const server of [first, second])
      expect(await server.logged('server 3 has history')).toMatch(/ WARN .*may have helped to forget writes/)
    await third.serves()
  })

  it('are told of by the third, too, when the others have written less', async () => {
    const ensemble = await written()
    const [first, second, third] = [ensemble.server(1), ensemble.server(2), ensemble.server(3)]
    for (const server of [first, second]) {
      empty(server)
      server.start()
    }
    await Promise.all([first, second].map((server) => server.serves()))
    const client = await connect(first.address)
    expect(await client.exists('/x')).toBe(false)
    third.start()
    expect(await third.logged('are dropped here')).toContain(' WARN ')
    await third.serves()
    await client.close()
  })

  it('are told of by the third, too, when the others have written as much as it had', async () => {
    const ensemble = await written()
    const [first, second, third] = [ensemble.server(1), ensemble.server(2), ensemble.server(3)]
    for (const server of [first, second]) {
      empty(server)
      server.start()
    }
    await Promise.all([first, second].map((server) => server.serves()))
    const client = await connect(first.address)
    for (let index = 0; index < 20; index += 1) await client.create(`/other-${index}`)
    third.start()
    await third.serves()
    await client.create('/last')
    await client.close()
    await third.logged(/ WARN .*has another digest than the leader's: this server has other data/)
  })

  it('wait for the third when db.autocreate is false, and nothing is lost', async () => {
    const ensemble = await written({ 'db.autocreate': 'false' })
    const [first, second, third] = [ensemble.server(1), ensemble.server(2), ensemble.server(3)]
    for (const server of [first, second]) {
      empty(server)
      server.start()
    }
    for (const server of [first, second])
      expect(await server.logged(`${server.dataDirectory} is empty`)).toContain('takes no part in elections')
    third.start()
    // Two servers that have lost their data and one that has it: nobody can tell what a quorum has acknowledged.
    await third.logged('server 3 starts')
    await Promise.all([first, second].map((server) => server.stop()))
    expect([first, second, third].map((server) => server.recentLog().includes('leading'))).toEqual([
      false,
      false,
      false,
    ])
    expect(readdirSync(join(first.dataDirectory, 'version-2')).filter((name) => name.startsWith('snapshot'))).toEqual(
      [],
    )

    // The operator gives one of them the data of the third; the other gets it from the leader.
    await third.stop()
    rmSync(join(second.dataDirectory, 'version-2'), { recursive: true })
    copy(third, second)
    await ensemble.start()
    const client = await connect(first.address)
    expect(await client.text('/x')).toBe('kept')
    await client.close()
    // It has a history now, and is trusted again.
    expect(await ensemble.stopAll()).toEqual([0, 0, 0])
    await ensemble.start()
    expect(warnings(first)).toEqual([])
  })
})

const copy = (from: ServerProcess, to: ServerProcess): void => {
  const directory = join(to.dataDirectory, 'version-2')
  mkdirSync(directory)
  for (const name of readdirSync(join(from.dataDirectory, 'version-2')))
    writeFileSync(join(directory, name), readFileSync(join(from.dataDirectory, 'version-2', name)))
}

describe('new servers', () => {
  it('with the mark elect with no warning, and use it up', async () => {
    const ensemble = await makeEnsemble({ settings: { 'db.autocreate': 'false' } })
    for (const server of ensemble.servers) initialize(server)
    await ensemble.start()
    expect(ensemble.servers.flatMap(warnings)).toEqual([])
    expect(ensemble.servers.filter((server) => existsSync(join(server.dataDirectory, 'initialize')))).toEqual([])
  })

  it('without it elect three of five, as those of ZooKeeper do', async () => {
    const ensemble = await makeEnsemble({ kinds: ['zab', 'zab', 'zab', 'zab', 'zab'] })
    for (const id of [1, 2, 3]) ensemble.server(id).start()
    await ensemble.serves()
  })
})

describe('a configuration that has lost the server lines', () => {
  it.each([['standaloneEnabled=false'], ['standaloneEnabled=true']])(
    'is refused with %s, unless told',
    async (line) => {
      const ensemble = await written()
      const server = ensemble.server(1)
      const file = join(server.directory, 'zoo.cfg')
      const whole = readFileSync(file, 'utf8')
      const alone = `${whole.replace(/^server\.[23]=.*\n/gm, '')}\n${line}\n`
      writeFileSync(file, alone)
      server.start()
      const refused = await server.logged('this server does not start')
      expect(refused).toContain('belongs to a member of an ensemble with server 2, 3')
      expect(refused).toContain('startAloneThoughOthersMayHaveNewerWrites=yes')
      expect(await server.ended()).toBe(1)

      writeFileSync(file, `${alone}startAloneThoughOthersMayHaveNewerWrites=yes\n`)
      server.start()
      await server.serves()
      expect(await server.stop()).toBe(0)
      // It is a server of its own now.
      writeFileSync(file, alone)
      server.start()
      await server.serves()
    },
  )
})

describe('what a server writes', () => {
  it('is for its own user, whatever the umask', async () => {
    const before = process.umask(0)
    try {
      const ensemble = await makeEnsemble({ kinds: ['zab', 'zab', 'zab'], settings: { snapCount: 100 } })
      const given = new Set(ensemble.servers.flatMap((server) => everythingIn(server.dataDirectory)))
      await ensemble.start()
      const client = await connect(ensemble.connectString)
      for (let index = 0; index < 400; index += 1) await client.create(`/node-${index}`, 'x')
      await client.close()
      await ensemble.level()
      await ensemble.stopAll()
      const made = ensemble.servers
        .flatMap((server) => everythingIn(server.dataDirectory))
        .filter((name) => !given.has(name))
      for (const kind of ['snapshot.', 'log.', 'acceptedEpoch', 'currentEpoch', 'lastEnsemble', 'zab.lock.'])
        expect(made.some((name) => name.includes(`/${kind}`))).toBe(true)
      expect(made.filter((name) => (statSync(name).mode & 0o077) !== 0)).toEqual([])
    } finally {
      process.umask(before)
    }
  })
})

const everythingIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true }).map((name) => join(directory, String(name)))

describe('a server that owns its directory no more', () => {
  it('stops with a line, whoever has taken it', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const server = ensemble.server(1)
    writeFileSync(join(server.dataDirectory, 'zab.lock.2'), '')
    expect(await server.logged('owns the data directory no more')).toContain('zab.lock.2 is newer')
    expect(await server.ended()).toBe(14)
    server.start()
    await server.serves()
    expect(readdirSync(server.dataDirectory).filter((name) => name.startsWith('zab.lock'))).toEqual(['zab.lock.3'])
  })

  it('is not started beside another one, in other namespaces neither', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const server = ensemble.server(1)
    const apart = ['--pid', '--fork', '--net', '--mount-proc', process.execPath, MAIN, 'server']
    const second = spawnSync('unshare', [...apart, join(server.directory, 'zoo.cfg')], { encoding: 'utf8' })
    expect(second.stderr).toContain('another process uses this data directory')
    expect(second.status).toBe(14)
    await server.serves()
  })
})

const MAIN = join(ROOT, 'dist/src/cli/main.js')

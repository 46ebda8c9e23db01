/** Clean stops, starts on old data, observers, and sessions that expire or move: on real processes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connect, nameOf } from '../support/client.js'
import { freePorts, makeEnsemble, temporaryDirectory } from '../support/ensemble.js'
import { ROOT } from '../support/server-process.js'
import { expectEqualTrees } from '../support/trees.js'
import { untilTrue, within } from '../support/wait.js'

describe('SIGTERM', () => {
  it('stops each server with exit code 0, and all is there after the next start', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const client = await connect(ensemble.connectString)
    for (let index = 0; index < 50; index += 1) await client.create(`/node-${index}`, String(index))
    await client.close()
    const before = await expectEqualTrees(ensemble)
    expect(await ensemble.stopAll()).toEqual([0, 0, 0])
    await ensemble.start()
    expect(await expectEqualTrees(ensemble)).toEqual(before)
  })
})

describe('zab start', () => {
  it('runs three servers, says what happens in lines, stops on SIGTERM with 0, and recovers', async () => {
    const data = temporaryDirectory()
    const [port = 0] = await freePorts(3)
    for (const round of ['first', 'second']) {
      const started = startEnsemble(data, port)
      await started.says('any ZooKeeper client may connect to ')
      const connectString = /connect string: (\S+)/.exec(started.output())?.[1] ?? ''
      expect(connectString.split(',')).toHaveLength(3)
      const [first = ''] = connectString.split(',')
      expect(await said(['four-letter', 'srvr', first])).toMatch(/^Zookeeper version: .*\nMode: (leader|follower)$/ms)
      const client = await connect(connectString)
      if (round === 'second') expect(await client.text('/kept')).toBe('first')
      else await client.create('/kept', round)
      await client.close()
      expect(started.output()).toContain(round === 'first' ? `data in ${data}` : `recovering the data in ${data}`)
      // Not a terminal: no control sequences.
      expect(started.output()).not.toContain('\u001b')
      expect(await started.stop()).toBe(0)
      expect(started.output()).toContain('all servers have stopped; their data stays in place')
    }
    const logs = [1, 2, 3].map((id) => readFileSync(join(data, `server.${id}`, 'server.log'), 'utf8'))
    for (const log of logs) expect(log).toMatch(/(leading|following server \d), epoch 2/)
    expect(alarmsIn(logs)).toEqual([])
  })
})

describe('an ensemble that is well', () => {
  it('warns of nothing and calls nothing lost when it starts, changes its leader and stops', async () => {
    const ensemble = await makeEnsemble()
    // New servers, on purpose.
    for (const { dataDirectory } of ensemble.servers) writeFileSync(join(dataDirectory, 'initialize'), '')
    await ensemble.start()
    const former = await ensemble.leader()
    expect(await former.stop()).toBe(0)
    await ensemble.serves()
    former.start()
    await ensemble.serves()
    expect(await ensemble.stopAll()).toEqual([0, 0, 0])
    expect(alarmsIn(ensemble.servers.map((server) => server.log()))).toEqual([])
  })

  it('and one without a quorum says what it waits for', async () => {
    const ensemble = await makeEnsemble()
    const server = ensemble.server(2)
    server.start()
    await server.logged('looking for a leader: heard 1 of 3 voters (server 2; not servers 1, 3)')
    expect(alarmsIn([' WARN  x', ' INFO  election link to server 1 lost', ' INFO  fine'])).toHaveLength(2)
  })
})

/** Lines that make an operator look up. */
const alarmsIn = (logs: readonly string[]): readonly string[] =>
  logs.flatMap((log) => log.split('\n')).filter((line) => / (WARN|ERROR) |\blost\b/.test(line))

describe('an observer', () => {
  it('serves, passes writes on, sees those of others, and is not needed for a quorum', async () => {
    const ensemble = await makeEnsemble({ kinds: ['zab', 'zab', 'zab', 'zab'], observers: 1 })
    await ensemble.start()
    const observer = ensemble.server(4)
    await observer.hasMode('observer')
    const own = await connect(observer.address)
    const other = await connect(ensemble.server(1).address)
    const seen = new Promise<string>((resolve) => void own.exists('/by-other', ({ name }) => resolve(name)))
    await own.settle()
    await other.create('/by-other', 'data')
    expect(await within('the watch', seen)).toBe('NODE_CREATED')
    expect(await own.text('/by-other')).toBe('data')
    expect(await own.create('/by-observer-', 'data', 'EPHEMERAL_SEQUENTIAL')).toBe('/by-observer-0000000001')
    await other.settle()
    expect(await other.exists('/by-observer-0000000001')).toBe(true)

    await observer.kill()
    await other.create('/without-observer')
    observer.start()
    await observer.hasMode('observer')
    await expectEqualTrees(ensemble)
  })
})

describe('a session', () => {
  it('whose client is silent expires, and takes its ephemeral nodes with it', async () => {
    const ensemble = await makeEnsemble({ settings: { minSessionTimeout: 1000 } })
    await ensemble.start()
    const [silent, watching] = [
      await connect(ensemble.server(1).address, { sessionTimeoutMs: 1000 }),
      await connect(ensemble.server(2).address),
    ]
    await silent.create('/ephemeral', 'x', 'EPHEMERAL')
    await silent.create('/permanent', 'x')
    await watching.settle()
    const gone = new Promise<string>((resolve) => void watching.exists('/ephemeral', ({ name }) => resolve(name)))
    const { session } = silent
    silent.cut()
    expect(await within('the end of the ephemeral node', gone)).toBe('NODE_DELETED')
    expect(await watching.exists('/permanent')).toBe(true)
    await expect(connect(ensemble.server(3).address, { session })).rejects.toThrow('SESSION_EXPIRED')
    await expectEqualTrees(ensemble)
  })

  it('moves to another server with its password, and to none without', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const first = await connect(ensemble.server(1).address)
    await first.create('/ephemeral', 'x', 'EPHEMERAL')
    const { session, sessionId } = first
    first.cut()
    const thief = { ...session, password: Buffer.alloc(session.password.length, 7) }
    await expect(connect(ensemble.server(2).address, { session: thief })).rejects.toThrow('SESSION_EXPIRED')

    const second = await connect(ensemble.server(2).address, { session })
    expect(second.sessionId).toBe(sessionId)
    const { stat } = await second.get('/ephemeral')
    expect(stat.ephemeralOwner).toBe(sessionId)
    await second.close()
    const other = await connect(ensemble.server(3).address)
    await other.settle()
    expect(await other.get('/ephemeral').then(() => 'there', nameOf)).toBe('NO_NODE')
  })

  it('outlives the leader', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const leader = await ensemble.leader()
    const client = await connect(ensemble.connectString)
    const { sessionId } = client
    await client.create('/ephemeral', 'x', 'EPHEMERAL')
    await leader.kill()
    await untilTrue('the client is answered again', () =>
      client.create('/after').then(
        () => true,
        (error: unknown) => nameOf(error) === 'NODE_EXISTS',
      ),
    )
    expect(client.sessionId).toBe(sessionId)
    expect((await client.get('/ephemeral')).stat.ephemeralOwner).toBe(sessionId)
  })
})

/** What a command of `zab` prints, as `npm run zab` runs it. */
const said = async (args: readonly string[]): Promise<string> => {
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/bootstrap.mjs'), 'zab', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (part: Buffer) => (output += part.toString()))
  await within('the end of zab', once(child, 'close'))
  return output
}

/** As `npm start` does it, but for npm. */
const startEnsemble = (data: string, port: number) => {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'src/cli/bootstrap.mjs'), 'start', '--data', data, '--port', String(port)],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (output += part.toString()))
  const exited = once(child, 'exit')
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(output)
    // Its servers end when it does.
    child.kill('SIGKILL')
    await exited
  })
  return {
    output: () => output,
    says: (text: string) => untilTrue(`it says "${text}"`, () => output.includes(text)),
    stop: async () => {
      child.kill('SIGTERM')
      const [code]: unknown[] = await within('the end of zab start', exited)
      return code
    },
  }
}

/**
 * A server outlives its standard streams: a reader that goes away or falls asleep, and a disk that is full behind the
 * log, cost log lines and nothing else. So does `zab start`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fourLetter } from '../../../src/cli/four-letter.js'
import { connect } from '../../support/client.js'
import { freePorts, makeEnsemble, temporaryDirectory } from '../../support/ensemble.js'
import { ROOT } from '../../support/server-process.js'
import { until, untilTrue, within } from '../../support/wait.js'

const ZAB = join(ROOT, 'dist/src/cli/main.js')

type Streams = 'pipe' | number

const run = (
  args: readonly string[],
  output: Streams,
): { readonly child: ChildProcess; readonly code: Promise<unknown> } => {
  const child = spawn(process.execPath, [ZAB, ...args], {
    stdio: ['pipe', output, output],
    env: { ...process.env, ZAB_EXIT_ON_STDIN_END: '1' },
  })
  const code = once(child, 'exit').then(([exitCode]: unknown[]) => exitCode)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await code
  })
  return { child, code }
}

/** A server of one, alone; its zoo.cfg. */
const standalone = async (): Promise<{ readonly file: string; readonly port: number }> => {
  const ensemble = await makeEnsemble({ kinds: ['zab'] })
  const server = ensemble.server(1)
  return { file: join(server.directory, 'zoo.cfg'), port: server.clientPort }
}

const serves = (port: number): Promise<void> =>
  untilTrue('the server serves', async () => {
    const answer = await fourLetter({ host: '127.0.0.1', port }, 'srvr', 2000)
    return answer._tag === 'Right' && answer.right.includes('Mode:')
  })

/** Connections that are refused with a line each. */
const annoy = async (port: number, times: number): Promise<void> => {
  for (let index = 0; index < times; index += 1) {
    const socket = dial({ host: '127.0.0.1', port })
    socket.on('error', () => undefined)
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]))
    socket.resume()
    await once(socket, 'close')
  }
}

const writesAndStops = async (port: number, child: ChildProcess, code: Promise<unknown>): Promise<void> => {
  await annoy(port, 20)
  const client = await connect(`127.0.0.1:${port}`)
  await client.create('/still-here')
  await client.close()
  expect(child.exitCode).toBeNull()
  child.kill('SIGTERM')
  expect(await within('the end of the server', code)).toBe(0)
}

/** The end of a pipe that has no room, and whose reader is there and does not read. */
const fullPipe = (): number => {
  const name = join(temporaryDirectory(), 'pipe')
  execFileSync('mkfifo', [name])
  const reader = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK)
  onTestFinished(() => closeSync(reader))
  const pipe = openSync(name, constants.O_WRONLY | constants.O_NONBLOCK)
  const block = Buffer.alloc(4096)
  const hasRoom = (): boolean => {
    try {
      return writeSync(pipe, block) > 0
    } catch {
      return false
    }
  }
  while (hasRoom());
  return pipe
}

describe('a server serves on', () => {
  it('whose reader goes away', async () => {
    const { file, port } = await standalone()
    const { child, code } = run(['server', file], 'pipe')
    await serves(port)
    child.stdout?.destroy()
    child.stderr?.destroy()
    await writesAndStops(port, child, code)
  })

  it('whose reader sleeps, so that not one more line fits', async () => {
    const { file, port } = await standalone()
    const pipe = fullPipe()
    const { child, code } = run(['server', file], pipe)
    closeSync(pipe)
    await serves(port)
    await writesAndStops(port, child, code)
  })

  it('whose log has a full disk', async () => {
    const { file, port } = await standalone()
    const full = openSync('/dev/full', 'w')
    const { child, code } = run(['server', file], full)
    closeSync(full)
    await serves(port)
    await writesAndStops(port, child, code)
  })
})

describe('zab start keeps its servers', () => {
  const begin = async (output: Streams) => {
    const [port = 0] = await freePorts(3)
    const { child, code } = run(
      ['start', '--servers', '1', '--data', temporaryDirectory(), '--port', `${port}`],
      output,
    )
    return { port, child, code }
  }

  it('when its reader takes one line and goes, as `| head -1` does', async () => {
    const { port, child, code } = await begin('pipe')
    await once(child.stdout ?? child, 'data')
    child.stdout?.destroy()
    child.stderr?.destroy()
    await serves(port)
    await writesAndStops(port, child, code)
  })

  it('when its screen is a full disk', async () => {
    const full = openSync('/dev/full', 'w')
    const { port, child, code } = await begin(full)
    closeSync(full)
    await serves(port)
    await writesAndStops(port, child, code)
  })
})

describe('a server that cannot listen yet', () => {
  it('waits with a line, and ends when it is asked to', async () => {
    const [quorum, election, client] = await freePorts(3)
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'data'))
    writeFileSync(join(directory, 'data', 'myid'), '1\n')
    const file = join(directory, 'zoo.cfg')
    const lines = [1, 2, 3].map((id) => `server.${id}=192.0.2.${id}:${quorum}:${election}`)
    writeFileSync(
      file,
      [...lines, `dataDir=${join(directory, 'data')}`, `clientPort=${client}`, 'initLimit=5', 'syncLimit=5'].join('\n'),
    )
    const { child, code } = run(['server', file], 'pipe')
    let said = ''
    child.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()))
    await until('it says that it waits', () =>
      Promise.resolve(/cannot listen on 192\.0\.2\.1.*trying again/.exec(said)?.[0]),
    )
    child.kill('SIGTERM')
    expect(await within('the end of the server', code)).toBe(0)
    expect(said.match(/cannot listen/g)).toHaveLength(1)
  })
})

/** Server processes end in every case: when asked, when they will not listen, and when their parent is killed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startChild } from '../../../src/cli/start/child.js'

let dataDir: string

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'zab-child-'))
})

afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const start = (program: string) =>
  startChild({ id: 1, directory: dataDir, client: { host: '127.0.0.1', port: 1 }, zooCfg: '' }, [
    '--input-type=module',
    '-e',
    program,
  ])

describe('a server process', () => {
  it('that ignores SIGTERM is killed after the limit', async () => {
    // It calls us once it ignores the signal.
    const listener = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const address = listener.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const called = once(listener, 'connection')
    const child = start(
      `process.on('SIGTERM', () => undefined); (await import('node:net')).connect(${port}, '127.0.0.1')`,
    )
    await called
    await child.stop(50)
    expect(await child.ended).toBe('signal SIGKILL')
    expect(child.isRunning()).toBe(false)
    listener.close()
  })

  it('that cannot run says how it ended', async () => {
    expect(await start('process.exit(3)').ended).toBe('exit code 3')
  })

  it('does not outlive a parent that is killed', async () => {
    const script = fileURLToPath(new URL('parent.ts', import.meta.url))
    const parent = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const connectString = await new Promise<string>((resolve) => {
      createInterface({ input: parent.stdout }).on('line', (line) => {
        const told = JSON.parse(line) as { readonly event: string; readonly connectString: string }
        if (told.event === 'serving') resolve(told.connectString)
      })
    })
    const socket = connect({ host: '127.0.0.1', port: Number(connectString.split(':')[1]) })
    await new Promise((resolve) => socket.once('connect', resolve))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => undefined).resume()
    parent.kill('SIGKILL')
    await closed
  })
})

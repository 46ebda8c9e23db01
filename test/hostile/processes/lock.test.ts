/** One owner of a directory among real processes: races, kills at every step, zombies, namespaces, and floods. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, mkdirSync, writeFileSync } from 'node:fs'
import * as net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acquireLock } from '../../../src/shell/storage/lock.js'
import type { Contender } from './support/lock-contender.js'
import { race, startContenders } from './support/lock-contender.js'

let directory: string
const started: Contender[] = []

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'zab-lock-'))
})

afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.kill()))
  rmSync(directory, { recursive: true, force: true })
})

const contenders = async (count: number, around: readonly string[] = []): Promise<readonly Contender[]> => {
  const some = await startContenders(count, directory, around)
  started.push(...some)
  return some
}

const contender = async (around: readonly string[] = []): Promise<Contender> => {
  const [one] = await contenders(1, around)
  if (one === undefined) throw new Error('no contender')
  return one
}

describe('a directory whose owner has gone', () => {
  it('gets exactly one, in each of a hundred races', async () => {
    expect(await race(await contenders(4), 100)).toEqual({ rounds: 100, wrong: [] })
  })

  it('can be taken wherever a contender was killed while it took over', async () => {
    // Steps: list, probe, announce, link, remove, list, remove. One more, and it lives.
    for (let steps = 0; ; steps += 1) {
      const first = await contender()
      expect(await first.ask('take')).toBe('owner')
      await first.kill()
      const dying = await contender()
      dying.order(`take ${steps}`)
      const got = await dying.next().catch(() => 'died')
      if (got === 'owner') {
        expect(steps).toBeGreaterThanOrEqual(7)
        return
      }
      expect(got).toBe('died')
      const next = await contender()
      expect(await next.ask('take')).toBe('owner')
      expect(await next.ask('check')).toBe('held')
      expect(readdirSync(directory).filter((name) => name.startsWith('zab.lock'))).toHaveLength(1)
      await next.kill()
    }
  })

  it('can be taken while the parent has not noticed its end', async () => {
    const parent = spawn('python3', ['-c', ZOMBIE, process.execPath, WORKER, directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]()
    const pid = Number((await lines.next()).value)
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /)
    expect(readdirSync(directory)).toEqual(['zab.lock.1'])
    await (await acquireLock(directory)).release()
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /)
    parent.stdin.end()
    await once(parent, 'exit')
  })
})

const WORKER = path.join(import.meta.dirname, 'support', 'lock-worker.ts')

/** Starts a contender, lets it take the directory, kills it, and waits for its end without reaping it. */
const ZOMBIE = `
import os, signal, subprocess, sys
node, worker, directory = sys.argv[1:]
child = subprocess.Popen([node, '--import', 'tsx', worker, directory], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
child.stdin.write(b'take\\n')
child.stdin.flush()
assert child.stdout.readline() == b'owner\\n'
os.kill(child.pid, signal.SIGKILL)
os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
print(child.pid, flush=True)
sys.stdin.read()
`

describe('a live owner', () => {
  it('is seen from other process and network namespaces', async () => {
    const apart = ['unshare', '--pid', '--fork', '--kill-child', '--net', '--mount-proc']
    const first = await contender(apart)
    const second = await contender(apart)
    expect(await first.ask('take')).toBe('owner')
    expect(await second.ask('take')).toBe('Locked')
    expect(await (await contender()).ask('take')).toBe('Locked')
    await first.kill()
    expect(await second.ask('take')).toBe('owner')
  })

  it('is seen when it is stopped', async () => {
    const first = await contender()
    expect(await first.ask('take')).toBe('owner')
    process.kill(first.pid, 'SIGSTOP')
    expect(await (await contender()).ask('take')).toBe('Locked')
  })

  it('notices that it is one no more', async () => {
    const first = await contender()
    expect(await first.ask('take')).toBe('owner')
    expect(await first.ask('check')).toBe('held')
    writeFileSync(path.join(directory, 'zab.lock.2'), '')
    expect(await first.ask('check')).toBe('LockLost')
    rmSync(path.join(directory, 'zab.lock.2'))
    expect(await first.ask('check')).toBe('held')
    rmSync(path.join(directory, 'zab.lock.1'))
    writeFileSync(path.join(directory, 'zab.lock.1'), '')
    expect(await first.ask('check')).toBe('LockLost')
    rmSync(directory, { recursive: true })
    expect(await first.ask('check')).toBe('LockLost')
  })

  it('keeps no connection of those who ask, however many they are', async () => {
    const first = await contender()
    expect(await first.ask('take')).toBe('owner')
    const before = readdirSync(`/proc/${first.pid}/fd`).length
    for (let index = 0; index < 500; index += 1) {
      const socket = net.connect(path.join(directory, 'zab.lock.1'))
      await once(socket, 'close')
    }
    expect(await first.ask('check')).toBe('held')
    expect(readdirSync(`/proc/${first.pid}/fd`)).toHaveLength(before)
    expect(await (await contender()).ask('take')).toBe('Locked')
  })
})

it('a directory with a name longer than a socket may have is locked as any other', async () => {
  const deep = path.join(directory, 'd'.repeat(100), 'é'.repeat(60))
  mkdirSync(deep, { recursive: true })
  const lock = await acquireLock(deep)
  await expect(acquireLock(deep)).rejects.toThrow('another process uses this data directory')
  await lock.check()
  await lock.release()
  await (await acquireLock(deep)).release()
  expect(readdirSync(deep)).toEqual(['zab.lock.2'])
})

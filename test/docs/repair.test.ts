/** The repair of docs/repair.md, its own commands, on a real data directory at the end of its epochs. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../../src/shell/server/log.js'
import { exitCode } from '../../src/shell/server/limits.js'
import { startServer, type RunningServer } from '../../src/shell/server/running-server.js'
import type { Zxid } from '../../src/core/zxid.js'
import { zxid } from '../../src/core/zxid.js'
import { entry, open } from '../shell/storage/support/harness.js'
import { makeDisk } from '../shell/storage/support/simulated-disk.js'
import { Mailbox } from '../shell/network/support.js'
import { configurationIn } from '../shell/server/support.js'
import { freePorts } from '../support/ensemble.js'

const page = await readFile(fileURLToPath(new URL('../../docs/repair.md', import.meta.url)), 'utf8')

/** The command that the page has under that name. */
const command = (name: string): string => {
  const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`sh\n([^\`]*)\`\`\``).exec(page)?.[1]
  if (found === undefined) throw new Error(`no command ${name}`)
  return found
}

let directory = ''
/** Ports that can stand in the files of a data directory. */
let ports: readonly number[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zab-repair-'))
  ports = await freePorts(2)
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const shell = (name: string, variables: Readonly<Record<string, string>> = {}): string => {
  const env = { ...process.env, ...variables, DATA: directory }
  const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', command(name)], { env, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

const accepted = (): string => join(directory, 'version-2', 'acceptedEpoch')
const current = (): string => join(directory, 'version-2', 'currentEpoch')

/** A log file of one record, which creates a session. */
const logOf = async (at: Zxid): Promise<Uint8Array> => {
  const disk = makeDisk()
  const storage = await open(disk)
  await storage.append([entry(at.epoch, at.counter)])
  await storage.storage.close()
  const location = disk
    .listing()
    .find((line) => line.includes('/log.'))
    ?.split(' ', 1)[0]
  if (location === undefined) throw new Error('there is no log')
  return disk.read(location)
}

/** One server on the directory, and what it says. */
const start = async (): Promise<{
  readonly server: RunningServer
  readonly lines: Mailbox<string>
  readonly warnings: readonly string[]
}> => {
  const lines = new Mailbox<string>()
  const warnings: string[] = []
  const log: Log = {
    info: (text) => {
      if (text.startsWith('leading')) lines.put(text)
    },
    warn: (text) => warnings.push(text),
    error: (text) => lines.put(text),
  }
  const configuration = configurationIn(directory)
  const [quorumPort = 0, electionPort = 0] = ports
  const members = configuration.ensemble.members.map((member) => ({ ...member, quorumPort, electionPort }))
  const started = await startServer({ ...configuration, ensemble: { ...configuration.ensemble, members } }, log)
  if (E.isLeft(started)) throw new Error(`exit code ${started.left}: ${lines.waiting.join('; ')}`)
  return { server: started.right, lines, warnings }
}

const leads = async (): Promise<string> => {
  const { server, lines } = await start()
  const line = await lines.next()
  await server.stop()
  return line
}

describe('an ensemble at the end of its epochs', () => {
  it('says so and what to do, and elects again after the repair', async () => {
    expect(await leads()).toBe('leading, epoch 1')
    expect(await leads()).toBe('leading, epoch 2')
    await writeFile(accepted(), '2147483646')

    const { server, lines } = await start()
    expect(await lines.next()).toMatch(/no epoch is left.*docs\/repair\.md/)
    expect(await server.ended).toBe(exitCode.fatal)

    const EPOCH = shell('read').trim()
    expect(EPOCH).toBe('2')
    shell('write', { EPOCH })
    expect(shell('check')).toBe('22')
    expect(await leads()).toBe('leading, epoch 3')
  })

  it('goes on too when the false epoch had a leader, and is told when a number is not that of its log', async () => {
    expect(await leads()).toBe('leading, epoch 1')
    const end = '2147483646'
    await Promise.all([accepted(), current()].map((file) => writeFile(file, end)))
    const { server, lines } = await start()
    expect(await lines.next()).toMatch(/no epoch is left.*docs\/repair\.md/)
    expect(await server.ended).toBe(exitCode.fatal)

    await writeFile(join(directory, 'version-2', 'log.700000001'), await logOf(zxid(7, 1)))
    shell('writeBoth', { EPOCH: '1' })
    const wrong = await start()
    expect(wrong.warnings).toContainEqual(
      expect.stringMatching(/acceptedEpoch is 1, and the log has records of epoch 7/),
    )
    await wrong.server.stop()
    shell('writeBoth', { EPOCH: '7' })
    expect(await leads()).toBe('leading, epoch 8')
  })
})

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
import { Mailbox } from '../shell/network/support.js'
import { configurationIn } from '../shell/server/support.js'

const page = await readFile(fileURLToPath(new URL('../../docs/repair.md', import.meta.url)), 'utf8')

/** The command that the page has under that name. */
const command = (name: string): string => {
  const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`sh\n([^\`]*)\`\`\``).exec(page)?.[1]
  if (found === undefined) throw new Error(`no command ${name}`)
  return found
}

let directory = ''
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'zab-repair-'))))
afterEach(() => rm(directory, { recursive: true, force: true }))

const shell = (name: string, variables: Readonly<Record<string, string>> = {}): string => {
  const env = { ...process.env, ...variables, DATA: directory }
  const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', command(name)], { env, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

const accepted = (): string => join(directory, 'version-2', 'acceptedEpoch')

/** One server on the directory, and what it says. */
const start = async (): Promise<{ readonly server: RunningServer; readonly lines: Mailbox<string> }> => {
  const lines = new Mailbox<string>()
  const log: Log = {
    info: (text) => {
      if (text.startsWith('leading')) lines.put(text)
    },
    warn: () => undefined,
    error: (text) => lines.put(text),
  }
  const started = await startServer(configurationIn(directory), log)
  if (E.isLeft(started)) throw new Error(`exit code ${started.left}`)
  return { server: started.right, lines }
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
})

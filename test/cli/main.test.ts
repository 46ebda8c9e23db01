/** The command line: help that teaches, usage errors that name the remedy, and the exit codes. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const zab = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args], { cwd: root, encoding: 'utf8' })

describe('zab', () => {
  it('explains itself', () => {
    const { status, stdout } = zab('--help')
    expect(status).toBe(0)
    for (const word of ['start', 'server', 'four-letter', 'Exit codes', 'First steps']) expect(stdout).toContain(word)
  })

  it.each(['start', 'server', 'four-letter'])('%s --help ends with an example', (command) => {
    const { status, stdout } = zab(command, '--help')
    expect(status).toBe(0)
    expect(stdout).toMatch(new RegExp(`Example:\n  zab ${command} `))
  })

  it.each([
    [['sta'], '(Did you mean start?)'],
    [['--nonsense'], "unknown option '--nonsense'"],
    [['server'], "missing required argument 'zoo.cfg'"],
    [['server', '/nowhere/zoo.cfg'], '/nowhere/zoo.cfg: file: there is no such file'],
    [['start', '--servers', '0'], 'It must be a whole number from 1 to 31.'],
    [['start', '--port', 'x'], 'It must be a whole number from 1 to 65535.'],
    [['four-letter', 'hello'], 'It must be four small letters'],
    [['four-letter', 'srvr', 'nowhere'], 'It must be host:port'],
    [[], 'Usage: zab'],
  ])('%j is wrong usage, and says why', (args, message) => {
    const { status, stderr, stdout } = zab(...args)
    expect(stderr).toContain(message)
    expect(stdout).toBe('')
    expect(status).toBe(2)
  })

  it('does not know what nobody answers', () => {
    const { status, stderr } = zab('four-letter', 'srvr', '127.0.0.1:1')
    expect(stderr).toContain('is a server running there?')
    expect(status).toBe(4)
  })
})

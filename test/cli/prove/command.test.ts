/** `zab prove` on the command line: what it writes, and what it says to wrong usage. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const prove = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'prove', ...args], { cwd: root, encoding: 'utf8' })

describe('zab prove', () => {
  it.each([
    [['--only', 'nonsense'], 'no step "nonsense"; there are initially, promise, startEpoch'],
    [['--only', 'flush', '--conjunct', 'nonsense'], 'no obligation about "nonsense"; there are '],
    [['--engine', 'nonsense'], 'Allowed choices are npm, native'],
    [['--seeds', '0'], 'It must be a whole number from 1 to'],
  ])('%j is wrong usage', (args, message) => {
    const { status, stderr } = prove(...args)
    expect(stderr).toContain(message)
    expect(status).toBe(2)
  })

  it('ends its help with an example', () => {
    expect(prove('--help').stdout).toMatch(/Example:\n {2}zab prove /)
  })

  it('proves what is asked, and says with what', () => {
    const { status, stdout } = prove('--only', 'flush', '--engine', 'npm', '--jobs', '1', '--seed', '1')
    expect(stdout).toMatch(/\nproved: \d+ of \d+ obligations discharged in .* by Z3 .*npm z3-solver.*, seed 1\n$/)
    expect(status).toBe(0)
  })

  it('writes a file for each obligation', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'zab-smtlib-'))
    const { status, stdout } = prove('--only', 'flush', '--smtlib', directory)
    const files = readdirSync(directory)
    rmSync(directory, { recursive: true })
    expect(files.length).toBeGreaterThan(0)
    expect(stdout).toBe(`${files.length} files in ${directory}\n`)
    expect(status).toBe(0)
  })
})

/** What `npm start` does before it starts anything: it installs and builds when it must, and only then. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

interface LockFile {
  readonly packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

interface Bootstrap {
  readonly isSupported: (version: string) => boolean
  readonly missingPackages: (lockFile: LockFile, installed: LockFile) => readonly string[]
  readonly sourceDigest: (root: string) => string
  readonly installReason: (root: string) => string | undefined
  readonly buildReason: (root: string) => string | undefined
  readonly withLock: <A>(file: string, work: () => A) => A
  readonly removeOrphans: (root: string, dist: string) => void
}

const script = fileURLToPath(new URL('../../src/cli/bootstrap.mjs', import.meta.url))

// Plain JavaScript, so that it runs before anything is installed: its types are stated here.
const bootstrap = (await import(script)) as Bootstrap

let root: string

const write = (name: string, text: string): void => {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
  writeFileSync(path.join(root, name), text)
}

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'zab-bootstrap-'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('packages', () => {
  const lock = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } } }

  it('are installed when there are none, or other ones', () => {
    write('package-lock.json', JSON.stringify(lock))
    expect(bootstrap.installReason(root)).toBe('node_modules is missing')
    write('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.1' } } }))
    expect(bootstrap.installReason(root)).toContain('differs from package-lock.json in 2 packages, such as a')
    write('node_modules/.package-lock.json', JSON.stringify(lock))
    expect(bootstrap.installReason(root)).toBeUndefined()
  })

  it('may lack what is for another platform', () => {
    const withOptional = {
      packages: {
        ...lock.packages,
        'node_modules/b/node_modules/@x/darwin': { version: '1.0.0', optional: true },
        'node_modules/c': { version: '1.0.0', extraneous: true },
      },
    }
    expect(bootstrap.missingPackages(withOptional, lock)).toEqual([])
    expect(bootstrap.missingPackages(withOptional, { packages: {} })).toEqual(['a', 'b'])
  })
})

describe('the build', () => {
  it('is stale when a source appears, changes or goes', () => {
    write('src/a.ts', 'a')
    const seen = new Set([bootstrap.sourceDigest(root)])
    expect(bootstrap.buildReason(root)).toBe('there is no build')
    write('dist/.stamp', bootstrap.sourceDigest(root))
    expect(bootstrap.buildReason(root)).toBeUndefined()
    write('src/b.ts', 'b')
    expect(bootstrap.buildReason(root)).toBe('the sources have changed')
    seen.add(bootstrap.sourceDigest(root))
    utimesSync(path.join(root, 'src/b.ts'), 1, 1)
    seen.add(bootstrap.sourceDigest(root))
    rmSync(path.join(root, 'src/a.ts'))
    seen.add(bootstrap.sourceDigest(root))
    expect(seen.size).toBe(4)
  })

  it('keeps nothing whose source is gone', () => {
    write('src/a.ts', '')
    for (const name of ['a.js', 'a.js.map', 'b.js', 'b.js.map']) write(`dist/src/${name}`, '')
    bootstrap.removeOrphans(root, path.join(root, 'dist'))
    expect(readdirSync(path.join(root, 'dist/src'))).toEqual(['a.js', 'a.js.map'])
  })

  it('is done by one process at a time; the lock of a dead one does not count', () => {
    const file = path.join(root, 'dist/.lock')
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    for (const stale of [String(dead), 'nonsense', '']) {
      write('dist/.lock', stale)
      expect(bootstrap.withLock(file, () => existsSync(file))).toBe(true)
      expect(readdirSync(path.join(root, 'dist'))).toEqual([])
    }
    // Processes that add one to a number, reading and writing it apart, count right only one after the other.
    write('count', '0')
    const add = `
      import { readFileSync, writeFileSync } from 'node:fs'
      import { spawn } from 'node:child_process'
      const { withLock } = await import(${JSON.stringify(script)})
      if (process.argv[1] === 'child') for (let i = 0; i < 5; i += 1) withLock('dist/.lock', () => {
        const count = Number(readFileSync('count', 'utf8'))
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
        writeFileSync('count', String(count + 1))
      })
      else for (let i = 0; i < 3; i += 1)
        spawn(process.execPath, [...process.execArgv, 'child'], { stdio: 'inherit' })`
    spawnSync(process.execPath, ['--input-type=module', '-e', add], { cwd: root })
    expect(spawnSync('cat', ['count'], { cwd: root, encoding: 'utf8' }).stdout).toBe('15')
  })
})

describe('the script', () => {
  it('asks for a Node that is new enough', () => {
    expect(['v18.20.0', 'v20.18.3', 'v20.19.0', 'v22.0.0'].map(bootstrap.isSupported)).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  it('names the tasks when it does not know one, on stderr', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [script, 'toString'], { encoding: 'utf8' })
    expect(stderr).toContain('no task "toString"; there are start, zab')
    expect([status, stdout]).toEqual([2, ''])
  })
})

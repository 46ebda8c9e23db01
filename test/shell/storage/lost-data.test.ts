/** What recovery makes of an empty directory, of the file `initialize`, and of the mark of the last ensemble. */
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import * as fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as Z from '../../../src/core/zxid.js'
import { showStorageError } from '../../../src/shell/storage/error.js'
import type { LastEnsemble } from '../../../src/shell/storage/last-ensemble.js'
import type { Storage, StorageError, StorageOptions } from '../../../src/shell/storage/storage.js'
import { openStorage } from '../../../src/shell/storage/storage.js'
import { configurationOf, databaseAt, defaultOptions, entries, watch } from './support/harness.js'

let root: string
let lines: string[]

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'zab-lost-'))
  lines = []
})

afterEach(() => fs.rmSync(root, { recursive: true, force: true }))

const dataDir = (): string => path.join(root, 'data')
const logDir = (): string => path.join(root, 'log')
const version2 = (...names: readonly string[]): string => path.join(dataDir(), 'version-2', ...names)

/** Opens the directory, uses it, and closes it. */
const run = async <A>(options: Partial<StorageOptions>, use: (storage: Storage) => A | Promise<A>): Promise<A> => {
  const { on, bind } = watch()
  const log = (level: string, text: string): void => void lines.push(`${level} ${text}`)
  const opened = await openStorage({ ...defaultOptions, dataDir: dataDir(), dataLogDir: logDir(), log, ...options }, on)
  if (isLeft(opened)) throw new Error(showStorageError(opened.left))
  bind(opened.right)
  try {
    return await use(opened.right)
  } finally {
    await opened.right.close()
  }
}

const refusal = async (): Promise<StorageError> => {
  const opened = await openStorage({ ...defaultOptions, dataDir: dataDir(), dataLogDir: logDir() }, watch().on)
  if (isLeft(opened)) return opened.left
  await opened.right.close()
  throw new Error('it was opened')
}

const stateOf = (options: Partial<StorageOptions> = {}): Promise<readonly [string, boolean]> =>
  run(options, ({ recovered }) => [recovered.found.state, recovered.durable.trusted] as const)

describe('an empty directory', () => {
  test('is a new one, unless db.autocreate is false', async () => {
    expect(await stateOf()).toEqual(['Empty', true])
    expect(await stateOf({ autocreate: false })).toEqual(['History', true])
  })

  test('that is not to be trusted stays so, however often the server starts, until a leader has given it a history', async () => {
    for (let start = 0; start < 3; start += 1) expect(await stateOf({ autocreate: false })).toEqual(['Empty', false])
    const { on, bind } = watch()
    const opened = await openStorage(
      { ...defaultOptions, dataDir: dataDir(), dataLogDir: logDir(), autocreate: false },
      on,
    )
    if (isLeft(opened)) throw new Error(showStorageError(opened.left))
    const bound = bind(opened.right)
    await bound.persist({ kind: 'Snapshot', zxid: Z.zxid(1, 7), entries: [] }, databaseAt(Z.zxid(1, 7)))
    await opened.right.close()
    expect(await stateOf({ autocreate: false })).toEqual(['History', true])
  })

  test.each([
    ['dataLogDir, where servers of ZooKeeper look for it', logDir],
    ['dataDir, where the script of ZooKeeper puts it', dataDir],
  ])('with the mark in %s, is a new one, once', async (_, place) => {
    fs.mkdirSync(place())
    fs.writeFileSync(path.join(place(), 'initialize'), '')
    expect(await stateOf({ autocreate: false })).toEqual(['EmptyInitialized', true])
    expect(fs.existsSync(path.join(place(), 'initialize'))).toBe(false)
    fs.rmSync(version2(), { recursive: true })
    expect(await stateOf({ autocreate: false })).toEqual(['Empty', false])
  })

  test('the mark is used up by a directory that has a history, too', async () => {
    await stateOf()
    fs.writeFileSync(path.join(logDir(), 'initialize'), '')
    expect(await stateOf()).toEqual(['History', true])
    expect(fs.existsSync(path.join(logDir(), 'initialize'))).toBe(false)
  })
})

describe('the mark of the last ensemble', () => {
  const ensemble: LastEnsemble = { kind: 'Ensemble', configuration: configurationOf(Z.zxid(1, 2), [1, 2, 3]) }

  test('is there at the next start, whichever it is', async () => {
    expect(await run({}, ({ recovered }) => recovered.found.lastEnsemble)).toBeUndefined()
    for (const mark of [ensemble, { kind: 'Alone' } as const]) {
      await run({}, (storage) => storage.markEnsemble(mark))
      expect(await run({}, ({ recovered }) => recovered.found.lastEnsemble)).toEqual(mark)
    }
  })

  test('cut anywhere, or made of something else, is refused with its place, the reason and a remedy', async () => {
    await run({}, (storage) => storage.markEnsemble(ensemble))
    const whole = fs.readFileSync(version2('lastEnsemble'), 'utf8')
    const cuts = Array.from({ length: whole.length }, (_, length) => whole.slice(0, length))
    for (const text of [...cuts, 'alone', 'alone\nalone\n', 'version=0\n', `${whole}more=1\n`, 'x'.repeat(4 << 20)]) {
      fs.writeFileSync(version2('lastEnsemble'), text)
      const error = await refusal()
      expect(error).toMatchObject({ kind: 'BadEnsembleFile', path: version2('lastEnsemble') })
      expect(showStorageError(error)).toContain('Remedy: if zoo.cfg lists the servers')
    }
  })

  test('made of any bytes is read or refused', async () => {
    await run({}, (storage) => storage.markEnsemble(ensemble))
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        fs.writeFileSync(version2('lastEnsemble'), bytes)
        expect((await refusal()).kind).toBe('BadEnsembleFile')
      }),
      { numRuns: 30 },
    )
  })
})

describe('a promise of an epoch', () => {
  test('is told apart from one that this start has made itself', async () => {
    expect(await run({}, ({ recovered }) => recovered.found.acceptedEpoch)).toBe(0)
    fs.writeFileSync(version2('acceptedEpoch'), '4')
    expect(await run({}, ({ recovered }) => recovered.found.acceptedEpoch)).toBe(4)
    fs.rmSync(version2('acceptedEpoch'))
    fs.rmSync(version2('currentEpoch'))
    expect(await run({}, ({ recovered }) => recovered.found.acceptedEpoch)).toBe(0)
  })
})

describe('history that is given up is told of', () => {
  const told = (): readonly string[] => lines.filter((line) => / dropped here| replaced by/.test(line))

  const changed = async (change: Parameters<Storage['persist']>[1]): Promise<readonly string[]> => {
    const { on, bind } = watch()
    const log = (level: string, text: string): void => void lines.push(`${level} ${text}`)
    const opened = await openStorage({ ...defaultOptions, dataDir: dataDir(), dataLogDir: logDir(), log }, on)
    if (isLeft(opened)) throw new Error(showStorageError(opened.left))
    const bound = bind(opened.right)
    await bound.append(entries(1, 1, 5))
    await bound.persist(change, change.kind === 'Snapshot' ? databaseAt(change.zxid) : undefined)
    await opened.right.close()
    return told()
  }

  test('by a truncation', async () => {
    expect(await changed({ kind: 'Truncate', zxid: Z.zxid(1, 2) })).toEqual([
      expect.stringMatching(
        /^warn the leader's history ends at 0x100000002: the records after it, up to 0x100000005, are/,
      ),
    ])
  })

  test('by a truncation that drops nothing: not', async () => {
    expect(await changed({ kind: 'Truncate', zxid: Z.zxid(1, 5) })).toEqual([])
  })

  test.each([
    ['that ends before it', Z.zxid(1, 3), 'warn'],
    ['of a later epoch', Z.zxid(2, 3), 'warn'],
    ['of the same epoch, farther on: nothing is lost', Z.zxid(1, 9), 'info'],
  ])('by an image %s', async (_, zxid, level) => {
    expect(await changed({ kind: 'Snapshot', zxid, entries: [] })).toEqual([
      expect.stringMatching(new RegExp(`^${level} the history up to 0x100000005 is replaced by`)),
    ])
  })

  test('by the first image of an empty server: not', async () => {
    const { on, bind } = watch()
    const opened = await openStorage({ ...defaultOptions, dataDir: dataDir(), dataLogDir: logDir() }, on)
    if (isLeft(opened)) throw new Error(showStorageError(opened.left))
    await bind(opened.right).persist({ kind: 'Snapshot', zxid: Z.zxid(3, 1), entries: [] }, databaseAt(Z.zxid(3, 1)))
    await opened.right.close()
    expect(told()).toEqual([])
  })
})

describe('two directories', () => {
  test('are both locked: another server cannot have one of them as its own', async () => {
    await run({}, async () => {
      for (const options of [
        { dataDir: path.join(root, 'other'), dataLogDir: logDir() },
        { dataDir: dataDir(), dataLogDir: path.join(root, 'another') },
      ]) {
        const opened = await openStorage({ ...defaultOptions, ...options }, watch().on)
        expect(isLeft(opened) && opened.left.kind).toBe('Locked')
      }
    })
  })

  test('that are one by another name are locked once', async () => {
    fs.mkdirSync(dataDir())
    fs.symlinkSync(dataDir(), path.join(root, 'alias'))
    expect(await stateOf({ dataLogDir: path.join(root, 'alias') })).toEqual(['Empty', true])
  })
})

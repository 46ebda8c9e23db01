/** Storage on real files: what is appended comes back, in ZooKeeper's layout, and bad directories are refused in words. */
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isLeft } from 'fp-ts/lib/Either.js'
import { toArray } from '../../../src/core/sequence.js'
import * as Z from '../../../src/core/zxid.js'
import * as D from '../../../src/service/database.js'
import { filesOf } from '../../../src/shell/storage/names.js'
import type { StorageError } from '../../../src/shell/storage/storage.js'
import { openStorage, showStorageError } from '../../../src/shell/storage/storage.js'
import type { StorageOptions } from '../../../src/shell/storage/storage.js'
import type { Opened } from './support/harness.js'
import { configurationOf, databaseAt, defaultOptions, entries, watch } from './support/harness.js'

let root = ''
const opened: Opened[] = []
const lines: string[] = []

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'zab-storage-'))
})

afterEach(async () => {
  for (const each of opened.splice(0)) await each.storage.close()
  lines.length = 0
  fs.rmSync(root, { recursive: true, force: true })
})

const version2 = (): string => path.join(root, 'version-2')
const listing = (): readonly string[] => fs.readdirSync(version2()).sort()

const open = async (options: Partial<StorageOptions> = {}): Promise<Opened> => {
  const { on, bind } = watch()
  const log = (level: string, text: string): void => void lines.push(`${level} ${text}`)
  const result = await openStorage({ ...defaultOptions, dataDir: root, dataLogDir: root, log, ...options }, on)
  if (isLeft(result)) throw new Error(showStorageError(result.left))
  const bound = bind(result.right)
  opened.push(bound)
  return bound
}

const refusal = async (options: Partial<StorageOptions> = {}): Promise<StorageError> => {
  const result = await openStorage({ ...defaultOptions, dataDir: root, dataLogDir: root, ...options }, watch().on)
  if (!isLeft(result)) {
    await result.right.close()
    throw new Error('opened')
  }
  return result.left
}

const close = async (each: Opened): Promise<void> => {
  opened.splice(opened.indexOf(each), 1)
  await each.storage.close()
}

describe('a fresh directory', () => {
  test('gets the snapshot and epochs that ZooKeeper gives it', async () => {
    const first = await open()
    expect(first.storage.recovered.durable).toMatchObject({
      acceptedEpoch: 0,
      currentEpoch: 0,
      base: Z.ZERO,
      trusted: true,
    })
    expect(listing()).toEqual(['acceptedEpoch', 'currentEpoch', 'snapshot.0'])
    expect(fs.readFileSync(path.join(version2(), 'currentEpoch'), 'latin1')).toBe('0')
    await close(first)
    expect(fs.readdirSync(root)).toEqual(['version-2', 'zab.lock.1'])
  })
})

describe('appends', () => {
  test('come back after a restart, and a restart begins a new file', async () => {
    const first = await open()
    await first.append(entries(1, 1, 3))
    await first.append(entries(1, 4, 5))
    await close(first)
    const second = await open()
    expect(second.names()).toEqual(['1:1', '1:2', '1:3', '1:4', '1:5'])
    expect(toArray(second.storage.recovered.durable.entries)).toEqual(entries(1, 1, 5))
    await second.append(entries(2, 1, 1))
    await close(second)
    const third = await open()
    expect(third.names()).toEqual(['1:1', '1:2', '1:3', '1:4', '1:5', '2:1'])
    expect(listing().filter((name) => name.startsWith('log'))).toEqual(['log.100000001', 'log.200000001'])
  })

  test('a file that holds no record is removed, and its name used again', async () => {
    const first = await open()
    await first.append(entries(1, 1, 1))
    await close(first)
    fs.writeFileSync(path.join(version2(), 'log.100000002'), '')
    const second = await open()
    expect(listing()).not.toContain('log.100000002')
    await second.append(entries(1, 2, 2))
    expect(listing()).toContain('log.100000002')
  })

  test('a group is one write and one fdatasync, and is reported once, by its last token', async () => {
    const each = await open()
    const before = each.storage.statistics()
    const all = Array.from({ length: 50 }, (_, index) => each.append(entries(1, 1 + index, 1 + index)))
    await Promise.all(all)
    expect(each.persisted).toEqual([50])
    const after = each.storage.statistics()
    expect(after.groups - before.groups).toBe(1)
    expect(after.fsyncs - before.fsyncs).toBe(1)
    expect(after.records).toBe(50)
    expect(after.queued).toBe(0)
  })

  test('what is ready beyond the size of a group goes into the next one; tokens stay in order', async () => {
    const each = await open({ preAllocSizeKiB: 65536 })
    const size = 900_000
    const all = Array.from({ length: 8 }, (_, index) => each.append(entries(1, 1 + 2 * index, 2 + 2 * index, size)))
    await Promise.all(all)
    expect(each.persisted).toEqual([...each.persisted].sort((one, other) => one - other))
    expect(each.persisted.at(-1)).toBe(8)
    expect(each.storage.statistics().groups).toBeGreaterThan(2)
    await close(each)
    expect((await open()).names()).toHaveLength(16)
  })

  test('barriers keep their place between appends', async () => {
    const each = await open()
    await Promise.all([
      each.append(entries(1, 1, 2)),
      each.persist({ kind: 'AcceptedEpoch', epoch: 2 }),
      each.persist({ kind: 'CurrentEpoch', epoch: 2 }),
      each.append(entries(2, 1, 1)),
      each.append(entries(2, 2, 2)),
    ])
    expect(each.persisted).toEqual([1, 2, 3, 5])
    await close(each)
    expect((await open()).storage.recovered.durable).toMatchObject({ acceptedEpoch: 2, currentEpoch: 2 })
  })

  test('preallocation shows while a file is written, and is gone when it is closed', async () => {
    const each = await open({ preAllocSizeKiB: 64 })
    await each.append(entries(1, 1, 1))
    const file = path.join(version2(), 'log.100000001')
    expect(fs.statSync(file).size).toBe(16 + 64 * 1024)
    for (let counter = 2; counter < 700; counter += 100) await each.append(entries(1, counter, counter + 99))
    expect(fs.statSync(file).size).toBeGreaterThan(16 + 64 * 1024)
    await close(each)
    expect(fs.statSync(file).size).toBe(16 + 701 * (13 + 32 + 37 + 12))
  })

  test('a gap or a repetition is refused before it reaches the disk', async () => {
    const each = await open()
    await each.append(entries(1, 1, 2))
    await expect(each.append(entries(1, 4, 4))).rejects.toThrow('0x100000004 is to be appended after 0x100000002')
    expect(each.failure()?.kind).toBe('Misused')
  })
})

describe('truncation', () => {
  test('removes later records and files, and the next append begins a new file (RECV-7)', async () => {
    const first = await open()
    await first.append(entries(1, 1, 4))
    await close(first)
    const second = await open()
    await second.append(entries(1, 5, 8))
    await second.persist({ kind: 'Truncate', zxid: Z.zxid(1, 3) })
    await second.append(entries(2, 1, 1))
    expect(listing().filter((name) => name.startsWith('log'))).toEqual(['log.100000001', 'log.200000001'])
    await close(second)
    expect((await open()).names()).toEqual(['1:1', '1:2', '1:3', '2:1'])
  })

  test('goes back behind a snapshot when an older one is there', async () => {
    const first = await open()
    await first.append(entries(1, 1, 4))
    first.storage.saveSnapshot(Z.zxid(1, 4), databaseAt(Z.zxid(1, 4)))
    await close(first)
    const second = await open()
    // The snapshot was given up at the close; ask again, and let it be written.
    second.storage.saveSnapshot(Z.zxid(1, 4), databaseAt(Z.zxid(1, 4)))
    await waitFor(() => listing().includes('snapshot.100000004'))
    await second.persist({ kind: 'Truncate', zxid: Z.zxid(1, 2) })
    expect(listing()).not.toContain('snapshot.100000004')
    await close(second)
    const third = await open()
    expect(third.storage.recovered.durable.base).toEqual(Z.ZERO)
    expect(third.names()).toEqual(['1:1', '1:2'])
  })

  test('to the label of the base, or to nothing', async () => {
    const first = await open()
    await first.append(entries(1, 1, 4))
    await first.persist({ kind: 'Truncate', zxid: Z.ZERO })
    await first.append(entries(2, 1, 2))
    await close(first)
    expect((await open()).names()).toEqual(['2:1', '2:2'])
  })

  test.each([Z.zxid(1, 9), Z.zxid(2, 0), Z.zxid(0, 5)])(
    'to a point that does not exist is fatal (SYNC-9)',
    async (zxid) => {
      const each = await open()
      await each.append(entries(1, 1, 4))
      await expect(each.persist({ kind: 'Truncate', zxid })).rejects.toThrow('history cannot be cut after')
      expect(each.failure()?.kind).toBe('CannotTruncate')
    },
  )
})

describe('snapshots', () => {
  test('a received one replaces everything, and appends go on after it', async () => {
    const first = await open()
    await first.append(entries(1, 1, 4))
    await first.persist({ kind: 'Snapshot', zxid: Z.zxid(3, 7), entries: [] }, databaseAt(Z.zxid(3, 7)))
    await first.append(entries(3, 8, 9))
    expect(listing().filter((name) => /^(log|snapshot)/.test(name))).toEqual(['log.300000008', 'snapshot.300000007'])
    await close(first)
    const second = await open()
    expect(second.storage.recovered.durable.base).toEqual(Z.zxid(3, 7))
    expect(second.storage.recovered.database.lastProcessed).toEqual(Z.zxid(3, 7))
    expect(second.names()).toEqual(['3:8', '3:9'])
  })

  test('a saved one rolls the log; a second is skipped while the first is being written', async () => {
    const each = await open()
    await each.append(entries(1, 1, 4))
    each.storage.saveSnapshot(Z.zxid(1, 4), databaseAt(Z.zxid(1, 4)))
    each.storage.saveSnapshot(Z.zxid(1, 4), databaseAt(Z.zxid(1, 4)))
    await each.append(entries(1, 5, 5))
    await waitFor(() => each.storage.statistics().snapshots === 1)
    expect(lines.filter((line) => line.includes('skipped'))).toEqual([
      'info snapshot 0x100000004 skipped: one is being written',
    ])
    expect(listing()).toEqual(
      expect.arrayContaining(['log.100000001', 'log.100000005', 'snapshot.0', 'snapshot.100000004']),
    )
    await close(each)
    const again = await open()
    expect(again.storage.recovered.durable.base).toEqual(Z.zxid(1, 4))
    expect(again.names()).toEqual(['1:5'])
  })

  test('a damaged newest one is passed over, with a line, and the log fills the difference', async () => {
    const first = await open()
    await first.append(entries(1, 1, 4))
    first.storage.saveSnapshot(Z.zxid(1, 4), databaseAt(Z.zxid(1, 4)))
    await waitFor(() => first.storage.statistics().snapshots === 1)
    await close(first)
    const file = path.join(version2(), 'snapshot.100000004')
    const bytes = fs.readFileSync(file)
    for (const damaged of [bytes.subarray(0, bytes.length - 1), flipped(bytes, 8 * 60)]) {
      fs.writeFileSync(file, damaged)
      const second = await open()
      expect(second.storage.recovered.durable.base).toEqual(Z.ZERO)
      expect(second.names()).toEqual(['1:1', '1:2', '1:3', '1:4'])
      expect(lines.some((line) => line.startsWith('warn') && line.includes('snapshot.100000004'))).toBe(true)
      await close(second)
    }
  })

  test('none that is good: refused', async () => {
    await close(await open())
    fs.writeFileSync(path.join(version2(), 'snapshot.0'), 'nonsense')
    const error = await refusal()
    expect(error.kind).toBe('NoValidSnapshot')
    expect(showStorageError(error)).toContain('Remedy')
  })

  test('a received one that is damaged later cannot be passed over: there is nothing to fall back to', async () => {
    const first = await open()
    await first.append(entries(1, 1, 4))
    await first.persist({ kind: 'Snapshot', zxid: Z.zxid(3, 7), entries: [] }, databaseAt(Z.zxid(3, 7)))
    await close(first)
    const file = path.join(version2(), 'snapshot.300000007')
    fs.writeFileSync(file, flipped(fs.readFileSync(file), 8 * 60))
    expect((await refusal()).kind).toBe('NoValidSnapshot')
  })
})

describe('what is refused', () => {
  test('a log without any snapshot (RECV-10)', async () => {
    const first = await open()
    await first.append(entries(1, 1, 2))
    await close(first)
    fs.rmSync(path.join(version2(), 'snapshot.0'))
    expect((await refusal()).kind).toBe('LogWithoutSnapshot')
  })

  test('a log file that is missing from the middle', async () => {
    for (const [from, to] of [
      [1, 2],
      [3, 4],
      [5, 6],
    ] as const) {
      const each = await open()
      await each.append(entries(1, from, to))
      await close(each)
    }
    fs.rmSync(path.join(version2(), 'log.100000003'))
    expect(await refusal()).toMatchObject({
      kind: 'BrokenHistory',
      previous: Z.zxid(1, 2),
      zxid: Z.zxid(1, 5),
      offset: 16,
    })
  })

  test('epochs that contradict each other, or are none', async () => {
    await close(await open())
    fs.writeFileSync(path.join(version2(), 'currentEpoch'), '5')
    expect(await refusal()).toMatchObject({ kind: 'EpochsContradict', acceptedEpoch: 0, currentEpoch: 5 })
    fs.writeFileSync(path.join(version2(), 'currentEpoch'), 'five')
    expect(await refusal()).toMatchObject({ kind: 'BadEpochFile', text: 'five' })
  })

  test('files in the wrong one of two directories', async () => {
    const logs = path.join(root, 'logs')
    await close(await open({ dataLogDir: logs }))
    fs.writeFileSync(path.join(logs, 'version-2', 'snapshot.7'), '')
    expect((await refusal({ dataLogDir: logs })).kind).toBe('MisplacedFile')
  })

  test('a directory that cannot be written', async () => {
    fs.writeFileSync(path.join(root, 'file'), '')
    const error = await refusal({ dataDir: path.join(root, 'file'), dataLogDir: path.join(root, 'file') })
    expect(error.kind).toBe('Io')
  })

  test('every refusal names the place and a remedy', async () => {
    const first = await open()
    await first.append(entries(1, 1, 3, 100))
    await close(first)
    const file = path.join(version2(), 'log.100000001')
    fs.writeFileSync(file, flipped(fs.readFileSync(file), 8 * 60))
    const text = showStorageError(await refusal())
    expect(text).toContain(file)
    expect(text).toContain('offset 16')
    expect(text).toContain('Remedy: if the other servers')
  })
})

describe('epochs', () => {
  test('missing ones are made from the last zxid (an upgrade)', async () => {
    const first = await open()
    await first.append(entries(4, 1, 2))
    await close(first)
    for (const name of ['acceptedEpoch', 'currentEpoch']) fs.rmSync(path.join(version2(), name))
    expect((await open()).storage.recovered.durable).toMatchObject({ acceptedEpoch: 4, currentEpoch: 4 })
  })

  test('a currentEpoch older than the history is kept: the crash came between the two (RECV-10)', async () => {
    const first = await open()
    await first.persist({ kind: 'AcceptedEpoch', epoch: 4 })
    await first.append(entries(4, 1, 2))
    await close(first)
    expect((await open()).storage.recovered.durable).toMatchObject({ acceptedEpoch: 4, currentEpoch: 0 })
  })

  test('leftovers of a crash are removed', async () => {
    await close(await open())
    const leftovers = ['currentEpoch.tmp', 'saving-snapshot.5', 'installing-snapshot.6']
    for (const name of leftovers) fs.writeFileSync(path.join(version2(), name), '9')
    await open()
    expect(listing()).toEqual(['acceptedEpoch', 'currentEpoch', 'snapshot.0'])
  })
})

describe('the committed configuration', () => {
  const committed = configurationOf(Z.zxid(1, 2), [1, 2, 3])
  const file = (): string => path.join(version2(), 'committedConfiguration')

  test('is durable in its place between appends, and comes back; the newest one replaces the others', async () => {
    const first = await open()
    await Promise.all([
      first.append(entries(1, 1, 2)),
      first.append(entries(1, 3, 3)),
      first.persist({ kind: 'Configuration', configuration: configurationOf(Z.zxid(1, 1), [1, 2, 3, 4, 5]) }),
      first.append(entries(1, 4, 4)),
      first.persist({ kind: 'Configuration', configuration: committed }),
    ])
    expect(first.persisted).toEqual([2, 3, 4, 5])
    expect(fs.readFileSync(file(), 'utf8').split('\n')).toEqual([
      ...[1, 2, 3].map((id) => `server.${id}=host:200${id}:300${id}:participant`),
      'version=100000002',
      '',
    ])
    await close(first)
    const second = await open()
    expect(second.storage.recovered.durable.configuration).toEqual(committed)
    expect(second.names()).toEqual(['1:1', '1:2', '1:3', '1:4'])
  })

  test('is none in a directory where none was committed, and its leftover is removed', async () => {
    await close(await open())
    fs.writeFileSync(path.join(version2(), 'committedConfiguration.tmp'), 'server.1=')
    expect((await open()).storage.recovered.durable).not.toHaveProperty('configuration')
    expect(listing()).toEqual(['acceptedEpoch', 'currentEpoch', 'snapshot.0'])
  })

  test('cut anywhere, or made of something else, is refused with its place, the reason and a remedy', async () => {
    const first = await open()
    await first.persist({ kind: 'Configuration', configuration: committed })
    await close(first)
    const whole = fs.readFileSync(file(), 'utf8')
    const bad = [
      ...Array.from({ length: whole.length }, (_, length) => whole.slice(0, length)),
      whole.replace('version=100000002\n', ''),
      whole.replace('server.2', 'server.x'),
      whole.replace(/server.*\n/g, ''),
      `${whole}more=1\n`,
      `x=${'x'.repeat(4 << 20)}\n${whole}`,
    ]
    for (const text of bad) {
      fs.writeFileSync(file(), text)
      const error = await refusal()
      expect(error).toMatchObject({ kind: 'BadConfigurationFile', path: file() })
      expect(showStorageError(error)).toContain('Remedy: if the other servers')
    }
    fs.writeFileSync(file(), whole)
    expect((await open()).storage.recovered.durable.configuration).toEqual(committed)
  })
})

describe('the lock', () => {
  test('a second storage on the same directory is refused, and may follow the first', async () => {
    const first = await open()
    expect(await refusal()).toMatchObject({ kind: 'Locked' })
    await close(first)
    await open()
  })

  test('files of the lock that processes were told by before are left alone', async () => {
    fs.writeFileSync(path.join(root, 'zab.lock'), `${process.ppid} -`)
    await close(await open())
    await close(await open())
    expect(fs.readdirSync(root).sort()).toEqual(['version-2', 'zab.lock', 'zab.lock.2'])
  })
})

describe('directories that Apache ZooKeeper 3.8.0 made', () => {
  const vectors = path.join(import.meta.dirname, '..', '..', 'vectors', 'apache-3.8.0')
  const take = (prefix: string): void => {
    fs.mkdirSync(version2(), { recursive: true })
    for (const name of fs.readdirSync(vectors)) {
      if (!name.startsWith(prefix)) continue
      fs.copyFileSync(path.join(vectors, name), path.join(version2(), name.slice(prefix.length)))
    }
  }

  // The names depend on the run in which the files were recorded.
  const snapshots = (): readonly Z.Zxid[] => filesOf('snapshot', listing()).map((file) => file.zxid)

  test('standalone: the newest snapshot, and nothing to complain of', async () => {
    take('standalone.')
    const newest = snapshots().at(-1)
    const each = await open()
    const { durable, database } = each.storage.recovered
    expect(durable.base).toEqual(newest)
    expect(D.nodeCount(database)).toBeGreaterThan(4)
    expect(lines).toEqual([])
  })

  test('standalone: the whole history when only the first snapshot is left', async () => {
    take('standalone.')
    const newest = snapshots().at(-1) ?? Z.ZERO
    for (const { name } of filesOf('snapshot', listing()).slice(1)) fs.rmSync(path.join(version2(), name))
    const each = await open()
    expect(each.storage.recovered.durable.base).toEqual(Z.ZERO)
    const zxids = toArray(each.storage.recovered.durable.entries).map((entry) => Z.show(entry.zxid))
    expect(zxids.slice(0, 3)).toEqual(['0:1', '0:2', '0:3'])
    expect(zxids).toContain(Z.show(newest))
  })

  test('follower: epochs and log of a member', async () => {
    take('follower.')
    const each = await open()
    const { durable } = each.storage.recovered
    expect(durable).toMatchObject({ acceptedEpoch: 1, currentEpoch: 1, base: Z.ZERO })
    expect(durable.entries.length).toBeGreaterThan(0)
    const next = Z.next(Z.zxid(1, durable.entries.length))
    await each.append(entries(next.epoch, next.counter, next.counter))
    await close(each)
    expect((await open()).names()).toHaveLength(durable.entries.length + 1)
  })
})

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const result = Uint8Array.from(bytes)
  result[bit >> 3] = (result[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return result
}

/** Waits for something that storage does in the background; each turn asks the disk, so a slow disk slows it down, too. */
const waitFor = async (condition: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 10_000; turn += 1) {
    if (condition()) return
    await fs.promises.readdir(version2())
  }
  throw new Error('it did not happen')
}

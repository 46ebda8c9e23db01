/** Torn and damaged logs: a torn record is cut off, damage is refused, and wrong data never comes back. RECV-11. */
import { describe, expect, test } from 'vitest'
import * as Z from '../../../src/core/zxid.js'
import { showStorageError } from '../../../src/shell/storage/storage.js'
import { judgeTail } from '../../../src/shell/storage/tail.js'
import { encodeLogRecord } from '../../../src/wire/log.js'
import { Writer } from '../../../src/wire/writer.js'
import { entries, entry, errorOf, nameOf, open } from './support/harness.js'
import type { SimulatedDisk } from './support/simulated-disk.js'
import { keepAll, makeDisk } from './support/simulated-disk.js'

const LOG = '/data/version-2/log.100000001'
const RECORDS = 4
const DATA = 20
const { length: PAYLOAD } = entry(1, 1, DATA).transaction.bytes
const RECORD = 13 + PAYLOAD
const startOf = (index: number): number => 16 + index * RECORD
const names = entries(1, 1, RECORDS, DATA).map(nameOf)

const written = async (): Promise<SimulatedDisk> => {
  const disk = makeDisk()
  const each = await open(disk)
  await each.append(entries(1, 1, RECORDS, DATA))
  // With its padding, as a crash leaves it.
  return disk.restart(keepAll)
}

/** A disk with this content in the log file. */
const withLog = (disk: SimulatedDisk, content: Uint8Array): SimulatedDisk => {
  const copy = disk.restart(keepAll)
  copy.put(LOG, content)
  return copy
}

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const result = Uint8Array.from(bytes)
  result[bit >> 3] = (result[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return result
}

/** What a server would start with, or the error. */
const outcome = async (disk: SimulatedDisk): Promise<{ names?: readonly string[]; error?: string }> => {
  const error = await errorOf(open(disk))
  return error === undefined ? { names: (await open(disk)).names() } : { error: showStorageError(error) }
}

describe('RECV-11: a torn last record', () => {
  test.each(['end of file', 'zero padding'])('is cut at every byte: %s', async (after) => {
    const disk = await written()
    const content = disk.read(LOG)
    for (let kept = startOf(RECORDS - 1); kept < startOf(RECORDS); kept += 1) {
      const torn = after === 'end of file' ? content.slice(0, kept) : Uint8Array.from(content).fill(0, kept)
      const lines: string[] = []
      const damaged = withLog(disk, torn)
      const each = await open(damaged, { log: (level, text) => void lines.push(`${level} ${text}`) })
      expect(each.names()).toEqual(names.slice(0, RECORDS - 1))
      // A record begins with four zero bytes: as long as nothing else is there, nothing was written.
      if (kept > startOf(RECORDS - 1) + 5) {
        expect(lines.join()).toContain(`warn ${LOG}: offset ${startOf(RECORDS - 1)}: torn last record cut off`)
        expect(damaged.read(LOG)).toHaveLength(startOf(RECORDS - 1))
      }
      // The name of the torn record's successor is free, and the new record counts.
      await each.append([entry(1, RECORDS, DATA, 9)])
      expect((await open(damaged.restart(keepAll))).names()).toEqual([...names.slice(0, RECORDS - 1), `1:${RECORDS}#9`])
    }
  })

  test('is cut when it is the only one, or when the file header is torn', async () => {
    const disk = await written()
    const content = disk.read(LOG)
    for (let kept = 0; kept < startOf(1); kept += 1) {
      const torn = withLog(disk, Uint8Array.from(content).fill(0, kept))
      const each = await open(torn)
      expect(each.names()).toEqual([])
      await each.append(entries(1, 1, 1))
    }
  })

  test('with a lost sector inside is cut, although its end mark is there', async () => {
    const disk = makeDisk()
    const each = await open(disk)
    await each.append(entries(1, 1, 1))
    await each.append([entry(1, 2, 3000)])
    const content = Uint8Array.from(disk.read(LOG)).fill(0, 1024, 1536)
    expect((await outcome(withLog(disk, content))).names).toEqual(['1:1'])
  })

  test('in front of a later file (as ZooKeeper leaves it) is cut when nothing is missing, and refused otherwise', async () => {
    const disk = await written()
    const content = disk.read(LOG).slice(0, startOf(RECORDS) - 5)
    const later = async (epoch: number, counter: number): Promise<SimulatedDisk> => {
      const other = makeDisk()
      const each = await open(other)
      // A log that begins anywhere can be had from after an installed snapshot only.
      await each.persist(
        { kind: 'Snapshot', zxid: Z.zxid(epoch, counter - 1), entries: [] },
        each.storage.recovered.database,
      )
      await each.append(entries(epoch, counter, counter))
      const result = withLog(disk, content)
      const name = `/data/version-2/log.${Z.toHex(Z.zxid(epoch, counter)).slice(2)}`
      result.put(name, other.read(name))
      return result
    }
    expect((await outcome(await later(1, RECORDS))).names).toEqual(['1:1', '1:2', '1:3', '1:4'])
    expect((await outcome(await later(2, 1))).names).toEqual(['1:1', '1:2', '1:3', '2:1'])
    expect((await outcome(await later(1, RECORDS + 1))).error).toContain('records are missing')
  })
})

describe('RECV-11: a flipped bit', () => {
  test('in a record that others follow is refused, with file and offset', async () => {
    const disk = await written()
    const content = disk.read(LOG)
    // Every third bit of the second record.
    for (let bit = 8 * startOf(1); bit < 8 * startOf(2); bit += 3) {
      const { error } = await outcome(withLog(disk, flipped(content, bit)))
      expect(error, `bit ${bit}`).toContain(`${LOG}: offset ${startOf(1)}: corrupt record`)
    }
  })

  test('in the last record is refused too, wherever it is: the record had been acknowledged', async () => {
    const disk = await written()
    const content = disk.read(LOG)
    for (let bit = 8 * startOf(RECORDS - 1); bit < 8 * startOf(RECORDS); bit += 1) {
      const { error, names: recovered } = await outcome(withLog(disk, flipped(content, bit)))
      expect(recovered, `bit ${bit}`).toBeUndefined()
      expect(error).toContain('corrupt record')
    }
  })

  test('in the file header is refused, or does not matter', async () => {
    const disk = await written()
    const content = disk.read(LOG)
    for (let bit = 0; bit < 8 * 16; bit += 1) {
      const result = await outcome(withLog(disk, flipped(content, bit)))
      if (result.error === undefined) expect(result.names).toEqual(names)
    }
  })
})

describe('other damage', () => {
  test('a refused directory is left as it was found', async () => {
    const disk = await written()
    const damaged = withLog(disk, flipped(disk.read(LOG), 8 * startOf(1) + 200))
    const before = damaged.listing()
    expect((await outcome(damaged)).error).toBeDefined()
    expect(damaged.listing()).toEqual(before)
  })

  test('a hole of zeros with records behind it is refused', async () => {
    const disk = await written()
    const content = Uint8Array.from(disk.read(LOG)).fill(0, startOf(1), startOf(2))
    expect((await outcome(withLog(disk, content))).error).toContain(`a good record follows at offset ${startOf(2)}`)
  })

  test('random bytes after the last record are never taken for one', async () => {
    const disk = await written()
    for (let seed = 1; seed <= 20; seed += 1) {
      const noise = Uint8Array.from({ length: 200 }, (_, index) => Math.imul(index + 7, seed * 2654435761) >>> 24)
      const content = Uint8Array.from(disk.read(LOG))
      content.set(noise, startOf(RECORDS))
      const result = await outcome(withLog(disk, content))
      if (result.error === undefined) expect(result.names).toEqual(names)
    }
  })

  test('records in the wrong order are refused', async () => {
    const disk = await written()
    const content = Uint8Array.from(disk.read(LOG))
    const [second, third] = [content.slice(startOf(1), startOf(2)), content.slice(startOf(2), startOf(3))]
    content.set(third, startOf(1))
    content.set(second, startOf(2))
    expect((await outcome(withLog(disk, content))).error).toContain('0x100000003 does not follow 0x100000001')
  })

  test('a record of any length is read: no limit of today refuses what was written under another', async () => {
    const disk = makeDisk()
    const each = await open(disk)
    await each.append([entry(1, 1, 3 * 1024 * 1024), entry(1, 2)])
    await each.storage.close()
    expect((await open(disk)).names()).toEqual(['1:1', '1:2'])
  })
})

describe('the judge of tails', () => {
  const record = (payload: Uint8Array): Uint8Array => {
    const writer = new Writer()
    encodeLogRecord(writer, payload)
    return writer.written()
  }
  const bytes = record(entry(1, 1, 700).transaction.bytes)
  const judge = (tail: Uint8Array): string => judgeTail(tail, 16).kind

  test('tells its three cases apart', () => {
    expect(judge(new Uint8Array(0))).toBe('Empty')
    expect(judge(bytes.subarray(0, 300))).toBe('Torn')
    expect(judge(flipped(bytes, 8 * 100))).toBe('Damaged')
    expect(judge(flipped(bytes, 8 * 11))).toBe('Damaged')
    expect(judge(Uint8Array.from([...bytes.subarray(0, 300), ...bytes]))).toBe('Damaged')
  })
})

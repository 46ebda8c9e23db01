/** A log that a crash has cut anywhere, as bytes: recovery drops the torn record, and finds all before it. RECV-11. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Entry } from '../../src/core/message.js'
import * as Z from '../../src/core/zxid.js'
import type { Transaction } from '../../src/service/transaction.js'
import { encodeLogRecord, scanRecord } from '../../src/wire/log.js'
import { decodeTransaction } from '../../src/wire/transaction.js'
import { Writer } from '../../src/wire/writer.js'
import type { Tear } from './disk.js'
import type { Random } from './random.js'
import { isSameTransaction } from './same.js'

type Log = readonly Entry<Transaction>[]

/** Reports when what is read is not what was written. */
export const makeTear =
  (random: Random, report: (clause: string, what: string) => void): Tear =>
  (kept, torn) => {
    const whole = bytesOf(kept)
    const half = torn === undefined ? new Uint8Array(0) : bytesOf([torn])
    const file = new Uint8Array(whole.length + random.below(half.length))
    file.set(whole)
    file.set(half.subarray(0, file.length - whole.length), whole.length)
    const found = read(file)
    if (!isSameLog(kept, found))
      report('RECV-11', `recovery reads [${show(found)}] from a log of [${show(kept)}] and a torn record`)
    return kept
  }

const bytesOf = (log: Log): Uint8Array => {
  const writer = new Writer(512)
  for (const { transaction } of log) encodeLogRecord(writer, transaction.bytes)
  return writer.written()
}

/** Every good record up to the first that is not. */
const read = (file: Uint8Array): Log => {
  const found: Entry<Transaction>[] = []
  for (let scan = scanRecord(file, 0, true); scan.kind === 'Record'; scan = scanRecord(file, scan.next, true)) {
    const decoded = decodeTransaction(scan.payload.slice())
    if (isLeft(decoded)) break
    found.push(decoded.right)
  }
  return found
}

const isSameLog = (first: Log, second: Log): boolean =>
  first.length === second.length &&
  first.every((entry, index) => {
    const other = second[index]
    return (
      other !== undefined && Z.equals(entry.zxid, other.zxid) && isSameTransaction(entry.transaction, other.transaction)
    )
  })

const show = (log: Log): string => log.map(({ zxid }) => Z.show(zxid)).join(' ')

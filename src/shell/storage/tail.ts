/**
 * What stands after the last good record of a log: nothing, a record that a crash tore, or damage. RECV-11.
 *
 * A torn record was never reported durable, so it is cut. Damage may have hit a record that was, so it is never cut:
 * the server refuses to start rather than forget what it has acknowledged. In doubt it is damage.
 *
 * A crash leaves a prefix of what was being written, or some of its sectors; missing bytes are zero (preallocated
 * space) or beyond the end of the file. It does not leave
 * - a good record behind the bad one (a group whose sectors reached the disk out of order can; that is refused too),
 * - all bytes of a record with some of them changed.
 */
import { adler32 } from '../../wire/checksum.js'
import { LOG_RECORD_OVERHEAD, resynchronize, scanRecord } from '../../wire/log.js'

export type Tail =
  | { readonly kind: 'Empty' }
  | { readonly kind: 'Torn'; readonly reason: string }
  | { readonly kind: 'Damaged'; readonly reason: string }

/** What a disk writes whole or not at all. */
const SECTOR = 512
/** Checksum (8 bytes) and length (4 bytes) come before the payload, the end mark (1 byte) after it. */
const PAYLOAD_START = LOG_RECORD_OVERHEAD - 1
const END_MARK = 0x42

/** RECV-11. `bytes`: from the first bad record to the last byte of the file that is not zero; `offset`: where they begin. */
export const judgeTail = (bytes: Uint8Array, offset: number): Tail => {
  if (bytes.length === 0) return { kind: 'Empty' }
  const follower = resynchronize(bytes, 1, bytes.length)
  const reason = describe(bytes)
  if (follower !== undefined) {
    return { kind: 'Damaged', reason: `${reason}, and a good record follows at offset ${offset + follower}` }
  }
  const damage = damageOfWholeRecord(bytes, offset)
  return damage === undefined ? { kind: 'Torn', reason } : { kind: 'Damaged', reason: damage }
}

const describe = (bytes: Uint8Array): string => {
  const scan = scanRecord(bytes, 0, true, bytes.length)
  switch (scan.kind) {
    case 'Torn':
      return scan.reason === 'CutOff' ? 'it is incomplete' : 'its end mark is missing'
    case 'Corrupt':
      return scan.reason === 'Length' ? 'its length is impossible' : 'its checksum does not match'
    case 'End':
      return 'its beginning is missing'
    case 'Record':
    case 'NeedMore':
      return 'it is not readable'
  }
}

/** Why a record that is all there, and is the last one, is bad; undefined when a part of it was never written. */
const damageOfWholeRecord = (bytes: Uint8Array, offset: number): string | undefined => {
  if (bytes.length <= LOG_RECORD_OVERHEAD) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const checksumFits = (end: number): boolean =>
    view.getUint32(0) === 0 && view.getUint32(4) === adler32(bytes, 1, PAYLOAD_START, end)
  const last = bytes.length - 1
  // The checksum fits all that is there: only the length can be wrong.
  if (bytes[last] === END_MARK && checksumFits(last)) return 'its length does not match its content'
  const end = PAYLOAD_START + view.getUint32(8)
  if (end > last || hasZeroSector(bytes, offset, end)) return undefined
  if (bytes[end] === END_MARK) return 'its checksum does not match'
  return checksumFits(end) ? 'its end mark is wrong' : undefined
}

/** Is some sector of the file, as far as it lies within the first `end` bytes, all zero? */
const hasZeroSector = (bytes: Uint8Array, offset: number, end: number): boolean => {
  for (let start = 0; start < end; start = nextSector(start, offset)) {
    const stop = Math.min(nextSector(start, offset), end)
    // A few zero bytes at either end of the record are no sign of a lost sector: fields begin and end with some.
    if (stop - start >= SECTOR / 2 && bytes.subarray(start, stop).every((byte) => byte === 0)) return true
  }
  return false
}

const nextSector = (start: number, offset: number): number =>
  (Math.floor((start + offset) / SECTOR) + 1) * SECTOR - offset

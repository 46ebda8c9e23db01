/**
 * Values by number, shared between threads: equal values have one number in all of them. A thread keeps what it has met;
 * what another one has met first, it reads from the shared memory. Values are told apart by 64 bits of their hash, as states
 * are (seen.ts).
 */
import { hashText } from '../hash.js'
import type { Interner, MakeInterner } from '../intern.js'

// --- model

/** Memory of one table. It is reserved at once and used as it fills. */
export interface SharedTable {
  /** Whether somebody writes, how many values there are, the arena that is being filled, and how far. */
  readonly control: Int32Array
  /** Number of a value and one more; 0 when free. Twice as many as values fit. */
  readonly slots: Int32Array
  /** For each value: the halves of its hash, arena, start and length. */
  readonly records: Int32Array
  readonly arenas: readonly Uint8Array[]
}

export interface TableSize {
  /** A power of two. */
  readonly values: number
  readonly bytes: number
}

/**
 * Values of which there are many, and each is soon of no interest: a thread does not keep them, which would leave the
 * collector of garbage no rest. To look one up again takes a microsecond or two.
 */
export type NotKept = ReadonlySet<string>

/** Values as bytes, and back. */
export interface Codec {
  readonly encode: (value: unknown) => Uint8Array
  readonly decode: (bytes: Uint8Array) => unknown
}

const RECORD = 5
const LOCK = 0
const SIZE = 1
const ARENA = 2
const USED = 3
const ARENA_BYTES = 2 ** 28

/** There is no room for one more value. */
export class NoRoomError extends Error {
  constructor(name: string) {
    super(`no room for more ${name}`)
  }
}

// --- constructors

export const makeSharedTable = ({ values, bytes }: TableSize): SharedTable => ({
  control: new Int32Array(new SharedArrayBuffer(16)),
  slots: new Int32Array(new SharedArrayBuffer(8 * values)),
  records: new Int32Array(new SharedArrayBuffer(4 * RECORD * values)),
  arenas: Array.from(
    { length: Math.ceil(bytes / ARENA_BYTES) },
    () => new Uint8Array(new SharedArrayBuffer(Math.min(bytes, ARENA_BYTES))),
  ),
})

// --- operations

/** What is in use of the memory. */
export interface SavedTable {
  readonly control: Int32Array
  readonly records: Int32Array
  readonly arenas: readonly Uint8Array[]
}

export const saveTable = ({ control, records, arenas }: SharedTable): SavedTable => {
  const last = control[ARENA] ?? 0
  return {
    control,
    records: records.subarray(0, RECORD * (control[SIZE] ?? 0)),
    arenas: arenas.slice(0, last + 1).map((arena, index) => (index < last ? arena : arena.subarray(0, control[USED]))),
  }
}

/** Into an empty table. */
export const restoreTable = (table: SharedTable, saved: SavedTable): void => {
  table.records.set(saved.records)
  saved.arenas.forEach((arena, index) => table.arenas[index]?.set(arena))
  table.control.set(saved.control)
  for (let number = 0; RECORD * number < saved.records.length; number += 1)
    point(table.slots, saved.records[RECORD * number + 1] ?? 0, number)
}

/** So many values are there. */
export const tableSize = ({ control }: SharedTable): number => Atomics.load(control, SIZE)

export const tableBytes = ({ control }: SharedTable): number =>
  (control[ARENA] ?? 0) * ARENA_BYTES + (control[USED] ?? 0) + RECORD * 4 * (control[SIZE] ?? 0)

/** `tables`: by name. `notKept`: names of some of them. */
export const shared =
  (tables: Readonly<Record<string, SharedTable>>, codec: Codec, notKept: NotKept = new Set()): MakeInterner =>
  <A>(name: string, textOf: (value: A) => string): Interner<A> => {
    const table = tables[name]
    if (table === undefined) throw new RangeError(`there is no table ${name}`)
    return makeSharedInterner(table, codec, name, textOf, !notKept.has(name))
  }

const makeSharedInterner = <A>(
  table: SharedTable,
  { encode, decode }: Codec,
  name: string,
  textOf: (value: A) => string,
  isKept: boolean,
): Interner<A> => {
  const { control, records } = table
  const numbers = new Map<string, number>()
  const values: (A | undefined)[] = []
  const hash = new Int32Array(2)

  const find = (value: A): number | undefined => {
    const text = textOf(value)
    const known = isKept ? numbers.get(text) : undefined
    if (known !== undefined) return known
    hashText(text, hash)
    const number = lookUp(table, hash)
    if (number < 0) return undefined
    if (isKept) numbers.set(text, number)
    return number
  }

  return {
    find,
    numberOf: (value) => {
      const known = find(value)
      if (known !== undefined) return known
      const bytes = encode(value)
      const text = textOf(value)
      hashText(text, hash)
      const number = locked(control, () => {
        const others = lookUp(table, hash)
        return others < 0 ? insert(table, name, hash, bytes) : others
      })
      if (isKept) {
        numbers.set(text, number)
        values[number] = value
      }
      return number
    },
    valueOf: (number) => {
      const known = values[number]
      if (known !== undefined) return known
      if (number >= tableSize(table)) throw new RangeError(`there is no value ${number} of ${name}`)
      // What another thread has written with the same codec and the same type.
      const value = decode(bytesOf(table, number)) as A
      if (isKept) values[number] = value
      return value
    },
    highOf: (number) => records[RECORD * number] ?? 0,
    lowOf: (number) => records[RECORD * number + 1] ?? 0,
    size: () => tableSize(table),
  }
}

// --- how

/** Number of the value with this hash, or −1. A number is written last, so whoever sees it sees the record. */
const lookUp = ({ slots, records }: SharedTable, hash: Int32Array): number => {
  const mask = slots.length - 1
  const [high = 0, low = 0] = hash
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const number = Atomics.load(slots, slot) - 1
    if (number < 0) return -1
    if (records[RECORD * number] === high && records[RECORD * number + 1] === low) return number
  }
}

/** Under the lock. */
const insert = (
  { control, slots, records, arenas }: SharedTable,
  name: string,
  hash: Int32Array,
  bytes: Uint8Array,
) => {
  const number = control[SIZE] ?? 0
  if (2 * (number + 1) > slots.length) throw new NoRoomError(name)
  let arena = control[ARENA] ?? 0
  let start = control[USED] ?? 0
  if (start + bytes.length > (arenas[arena]?.length ?? 0)) {
    arena += 1
    start = 0
  }
  const memory = arenas[arena]
  if (memory === undefined || bytes.length > memory.length) throw new NoRoomError(name)
  memory.set(bytes, start)
  const [high = 0, low = 0] = hash
  records.set([high, low, arena, start, bytes.length], RECORD * number)
  control[ARENA] = arena
  control[USED] = start + bytes.length
  Atomics.store(control, SIZE, number + 1)
  point(slots, low, number)
  return number
}

const point = (slots: Int32Array, low: number, number: number): void => {
  const mask = slots.length - 1
  let slot = low & mask
  while (slots[slot] !== 0) slot = (slot + 1) & mask
  Atomics.store(slots, slot, number + 1)
}

const bytesOf = ({ records, arenas }: SharedTable, number: number): Uint8Array => {
  const start = records[RECORD * number + 3] ?? 0
  const memory = arenas[records[RECORD * number + 2] ?? 0]
  if (memory === undefined) throw new RangeError(`there is no value ${number}`)
  // A copy: decoders do not read shared memory.
  return memory.slice(start, start + (records[RECORD * number + 4] ?? 0)).map((byte) => byte)
}

const locked = <A>(control: Int32Array, work: () => A): A => {
  while (Atomics.compareExchange(control, LOCK, 0, 1) !== 0) Atomics.wait(control, LOCK, 1, 1)
  try {
    return work()
  } finally {
    Atomics.store(control, LOCK, 0)
    Atomics.notify(control, LOCK, 1)
  }
}

/**
 * An exploration on disk, between two levels: what numbers stand for, and for each part the states seen and the next level.
 * A checkpoint is written beside the former one and takes its place when it is whole.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { Bounds } from '../../../../proofs/exploration/bounds.js'
import type { SavedTable, SharedTable } from '../../../../proofs/exploration/parallel/shared-table.js'
import { restoreTable, saveTable } from '../../../../proofs/exploration/parallel/shared-table.js'
import type { Reductions } from '../../../../proofs/exploration/reductions.js'
import type { Saved } from '../../../../proofs/exploration/share.js'

// --- model

/** What is explored, and how far it is. */
export interface Header {
  readonly format: 2
  /** Of the project: another release may number and hash otherwise. */
  readonly version: string
  readonly bounds: Bounds
  readonly rules: string
  readonly reductions: Reductions
  readonly parts: number
  readonly level: number
  /** Arenas of each table. */
  readonly tables: Readonly<Record<string, number>>
  readonly seconds: number
}

/** 1 had no reconfigurations in its budgets. */
const FORMAT = 2
const HEADER = 'exploration.json'
const BYTES_AT_ONCE = 2 ** 30

// --- writing

/** `parts` writes those of the parts into the folder that it is given. */
export const writeCheckpoint = async (
  folder: string,
  header: Omit<Header, 'format' | 'tables'>,
  tables: Readonly<Record<string, SharedTable>>,
  parts: (folder: string) => Promise<void>,
): Promise<void> => {
  const partial = `${folder}.partial`
  const former = `${folder}.former`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  const saved = Object.entries(tables).map(([name, table]) => [name, saveTable(table)] as const)
  for (const [name, table] of saved) writeTable(partial, name, table)
  await parts(partial)
  const arenas = Object.fromEntries(saved.map(([name, table]) => [name, table.arenas.length]))
  const whole: Header = { ...header, format: FORMAT, tables: arenas }
  writeFileSync(path.join(partial, HEADER), `${JSON.stringify(whole, undefined, 2)}\n`)
  rmSync(former, { recursive: true, force: true })
  if (existsSync(folder)) renameSync(folder, former)
  renameSync(partial, folder)
  rmSync(former, { recursive: true, force: true })
}

const writeTable = (folder: string, name: string, { control, records, arenas }: SavedTable): void => {
  writeNumbers(path.join(folder, `${name}-control`), control)
  writeNumbers(path.join(folder, `${name}-records`), records)
  arenas.forEach((arena, index) => writeNumbers(path.join(folder, `${name}-${index}`), arena))
}

export const writePart = (folder: string, index: number, { level, records, transitions }: Saved): void => {
  writeNumbers(path.join(folder, `part-${index}-level`), level)
  writeNumbers(path.join(folder, `part-${index}-seen`), records)
  writeNumbers(path.join(folder, `part-${index}-transitions`), Float64Array.of(transitions))
}

const writeNumbers = (file: string, numbers: Int32Array | Uint8Array | Float64Array): void => {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  const descriptor = openSync(file, 'w')
  try {
    for (let from = 0; from < bytes.length; )
      from += writeSync(descriptor, bytes, from, Math.min(BYTES_AT_ONCE, bytes.length - from))
  } finally {
    closeSync(descriptor)
  }
}

// --- reading

/** What the checkpoint is of; in words what is wrong with it. */
export const readHeader = (folder: string): Either<string, Header> => {
  const file = path.join(folder, HEADER)
  try {
    const header: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isHeader(header) ? right(header) : left(`${file} is no checkpoint of an exploration`)
  } catch (error) {
    return left(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const isHeader = (value: unknown): value is Header =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === FORMAT &&
  ['version', 'bounds', 'rules', 'reductions', 'parts', 'level', 'tables', 'seconds'].every((name) => name in value)

export const readTables = (
  folder: string,
  { tables: sizes }: Header,
  tables: Readonly<Record<string, SharedTable>>,
): void => {
  for (const [name, table] of Object.entries(tables)) {
    const arenas = Array.from({ length: sizes[name] ?? 0 }, (_, index) =>
      readBytes(path.join(folder, `${name}-${index}`)),
    )
    restoreTable(table, {
      control: numbersOf(readBytes(path.join(folder, `${name}-control`))),
      records: numbersOf(readBytes(path.join(folder, `${name}-records`))),
      arenas,
    })
  }
}

export const readPart = (folder: string, index: number): Saved => ({
  level: numbersOf(readBytes(path.join(folder, `part-${index}-level`))),
  records: numbersOf(readBytes(path.join(folder, `part-${index}-seen`))),
  transitions: new Float64Array(readBytes(path.join(folder, `part-${index}-transitions`)).buffer)[0] ?? 0,
})

const numbersOf = (bytes: Uint8Array): Int32Array => new Int32Array(bytes.buffer, 0, bytes.length / 4)

/** Files may be longer than one read may be. */
const readBytes = (file: string): Uint8Array<ArrayBuffer> => {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = new Uint8Array(fstatSync(descriptor).size)
    for (let from = 0; from < bytes.length; ) {
      const read = readSync(descriptor, bytes, from, Math.min(BYTES_AT_ONCE, bytes.length - from), from)
      if (read === 0) throw new Error(`${file} is shorter than it was`)
      from += read
    }
    return bytes
  } finally {
    closeSync(descriptor)
  }
}

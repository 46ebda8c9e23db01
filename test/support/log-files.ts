/** The transaction log of a server that is down, or of one that runs, as bytes in files. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LOG_HEADER_SIZE, scanRecord } from '../../src/wire/log.js'
import type { ServerProcess } from './server-process.js'

/** Its log files, oldest first. */
const logsOf = (server: ServerProcess): readonly string[] => {
  const directory = join(server.dataDirectory, 'version-2')
  return readdirSync(directory)
    .filter((name) => name.startsWith('log.'))
    .toSorted((one, other) => numberOf(one) - numberOf(other))
    .map((name) => join(directory, name))
}

const numberOf = (name: string): number => Number.parseInt(name.slice('log.'.length), 16)

/** The log file with the last records. */
export const newestLog = (server: ServerProcess): string => {
  const newest = logsOf(server).at(-1)
  if (newest === undefined) throw new Error(`server ${server.id} has no log`)
  return newest
}

/** Is this text, such as a path, anywhere in its log? */
export const logsContain = (server: ServerProcess, text: string): boolean =>
  logsOf(server).some((file) => readFileSync(file).includes(text))

export interface RecordPlace {
  readonly offset: number
  readonly end: number
}

/** Where the records of a log file are. */
export const recordsOf = (file: string): readonly RecordPlace[] => {
  const bytes = readFileSync(file)
  const records: RecordPlace[] = []
  for (let offset = LOG_HEADER_SIZE; ; ) {
    const scan = scanRecord(bytes, offset, true)
    if (scan.kind !== 'Record') return records
    records.push({ offset, end: scan.next })
    offset = scan.next
  }
}

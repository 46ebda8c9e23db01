/** The transaction log of a server that is down, or of one that runs, as bytes in files. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LOG_HEADER_SIZE, scanRecord } from '../../src/wire/log.js'
import type { ServerProcess } from './server-process.js'

/** The log file with the last records. */
export const newestLog = (server: ServerProcess): string => {
  const directory = join(server.dataDirectory, 'version-2')
  const names = readdirSync(directory).filter((name) => name.startsWith('log.'))
  const [newest] = names.toSorted((one, other) => numberOf(other) - numberOf(one))
  if (newest === undefined) throw new Error(`no log in ${directory}`)
  return join(directory, newest)
}

const numberOf = (name: string): number => Number.parseInt(name.slice('log.'.length), 16)

export const logContains = (file: string, text: string): boolean => readFileSync(file).includes(text)

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

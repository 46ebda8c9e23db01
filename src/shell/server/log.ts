/**
 * The log of a server: one plain line an event on stderr, through pino.
 *
 *     2026-02-11T09:00:00.000Z WARN  client 127.0.0.1:48554 closed: frame length -1
 *
 * Whatever a caller hands in becomes one line of visible characters and of bounded length here. Floods are cut
 * (log-limit.ts), and a stream that takes no lines ends nothing: lines that it did not take are counted, and the count
 * precedes the next one that it takes.
 */
import { pino } from 'pino'
import { limits } from './limits.js'
import { limited } from './log-limit.js'
import { plainLine } from './plain-text.js'
import { lineWriter, type WriteLine } from './standard-streams.js'

export interface Log {
  readonly info: (text: string) => void
  readonly warn: (text: string) => void
  readonly error: (text: string) => void
}

/** A log that says nothing. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A line for people from one of pino's. */
const formatLine = (json: string): string => {
  // pino wrote this text a moment ago, with these fields.
  const record = JSON.parse(json) as { readonly level: string; readonly time: number; readonly msg: string }
  return `${new Date(record.time).toISOString()} ${record.level.toUpperCase().padEnd(5)} ${record.msg}\n`
}

/** Tells how many lines were lost before the next one that is not. */
const countingLost = (write: WriteLine, lineOf: (text: string) => string): ((line: string) => void) => {
  let lost = 0
  let cause = ''
  return (line) => {
    const before = lost === 0 ? '' : lineOf(`${lost} log lines could not be written (${cause})`)
    const failure = write(`${before}${line}`)
    if (failure === undefined) lost = 0
    else {
      lost += 1
      cause = failure
    }
  }
}

/** The log of this process, to `write`. */
export const makeLog = (write: WriteLine = lineWriter()): Log => {
  const lostLine = (text: string): string => formatLine(JSON.stringify({ level: 'warn', time: Date.now(), msg: text }))
  const put = countingLost(write, lostLine)
  const logger = pino(
    { base: null, formatters: { level: (label) => ({ level: label }) } },
    { write: (json: string) => put(formatLine(json)) },
  )
  const plain = (text: string): string => plainLine(text, limits.logLineCharacters)
  return limited(
    {
      info: (text) => logger.info(plain(text)),
      warn: (text) => logger.warn(plain(text)),
      error: (text) => logger.error(plain(text)),
    },
    () => performance.now(),
  )
}

/**
 * The log of a server: one plain line an event on stderr, through pino.
 *
 *     2026-02-11T09:00:00.000Z WARN  client 127.0.0.1:48554 closed: frame length -1
 *
 * Floods are cut: beyond `limits.logLinesPerSecond` lines are counted, and the count precedes the first line of a later
 * second.
 */
import { pino } from 'pino'
import { limits } from './limits.js'

export interface Log {
  readonly info: (text: string) => void
  readonly warn: (text: string) => void
  readonly error: (text: string) => void
}

type Level = keyof Log

/** A log that says nothing. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Passes at most `linesPerSecond` lines in each second of `nowMs`; errors always pass.
 * The next line of a later second is preceded by the number of lines left out.
 */
export const limited = (log: Log, nowMs: () => number, linesPerSecond: number = limits.logLinesPerSecond): Log => {
  let second = 0
  let passed = 0
  let leftOut = 0
  const pass = (level: Level, text: string): void => {
    const current = Math.floor(nowMs() / 1000)
    if (current !== second) {
      if (leftOut > 0) log.warn(`${leftOut} log lines left out: more than ${linesPerSecond} in a second`)
      second = current
      passed = 0
      leftOut = 0
    }
    passed += 1
    if (passed <= linesPerSecond || level === 'error') log[level](text)
    else leftOut += 1
  }
  return {
    info: (text) => pass('info', text),
    warn: (text) => pass('warn', text),
    error: (text) => pass('error', text),
  }
}

/** A line for people from one of pino's. */
const formatLine = (json: string): string => {
  // pino wrote this text a moment ago, with these fields.
  const record = JSON.parse(json) as { readonly level: string; readonly time: number; readonly msg: string }
  const text = record.msg.replaceAll('\n', ' ')
  return `${new Date(record.time).toISOString()} ${record.level.toUpperCase().padEnd(5)} ${text}\n`
}

/** The log of this process, to `write`. */
export const makeLog = (write: (line: string) => void = (line) => void process.stderr.write(line)): Log => {
  const logger = pino(
    { base: null, formatters: { level: (label) => ({ level: label }) } },
    { write: (json: string) => write(formatLine(json)) },
  )
  return limited(
    { info: (text) => logger.info(text), warn: (text) => logger.warn(text), error: (text) => logger.error(text) },
    () => performance.now(),
  )
}

/** The life of a server process: start, run, and end with an exit code that says why (limits.ts). */
import * as E from 'fp-ts/lib/Either.js'
import type { ServerConfiguration } from '../configuration/server-configuration.js'
import { exitCode } from './limits.js'
import { type Log, makeLog } from './log.js'
import { startServer } from './running-server.js'
import { surviveBrokenStreams } from './standard-streams.js'

/**
 * Runs one server until SIGINT or SIGTERM, or until it cannot go on. The value is the exit code of the process.
 * With ZAB_EXIT_ON_STDIN_END=1 the end of stdin stops it too, so that it never outlives the test that started it.
 */
export const runServer = async (configuration: ServerConfiguration): Promise<number> => {
  surviveBrokenStreams()
  const log = makeLog()
  dieOfDefects(log)
  log.info(`server ${configuration.self} starts, data in ${configuration.dataDir}`)
  const stopping = stopWhenAsked(log)
  const started = await startServer(configuration, log, stopping)
  if (E.isLeft(started)) return started.left
  const server = started.right
  if (stopping.aborted) return server.stop()
  stopping.addEventListener('abort', () => void server.stop(), { once: true })
  return server.ended
}

/** What was not foreseen leaves an unknown state, with which nothing may go on. */
const dieOfDefects = (log: Log): void => {
  const die = (cause: unknown): void => {
    log.error(`defect: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`)
    process.exit(exitCode.fatal)
  }
  process.on('uncaughtException', die)
  process.on('unhandledRejection', die)
}

/** Given when the server has been asked to stop. */
const stopWhenAsked = (log: Log): AbortSignal => {
  const asked = new AbortController()
  const stop = (reason: string): void => {
    if (!asked.signal.aborted) log.info(`stopping: ${reason}`)
    asked.abort()
  }
  process.once('SIGINT', () => stop('SIGINT'))
  process.once('SIGTERM', () => stop('SIGTERM'))
  if (process.env['ZAB_EXIT_ON_STDIN_END'] === '1') {
    process.stdin.once('end', () => stop('end of stdin'))
    // A standard input that fails has ended too.
    process.stdin.once('error', () => stop('end of stdin'))
    process.stdin.resume()
  }
  return asked.signal
}

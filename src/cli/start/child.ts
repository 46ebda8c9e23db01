/** One server as a child process: started with its output in a log file, stopped by SIGTERM and at last SIGKILL. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { FILE_MODE } from '../../shell/storage/file-system.js'
import type { Plan } from './layout.js'

export interface Child {
  readonly plan: Plan
  readonly isRunning: () => boolean
  /** Resolves when the process is gone, to how it went: `exit code 1`, `signal SIGKILL`, or why it never came. */
  readonly ended: Promise<string>
  /** SIGTERM now, SIGKILL after `limitMs`; resolves when the process is gone. */
  readonly stop: (limitMs: number) => Promise<void>
}

const LOG = 'server.log'

/** Makes a server end when its standard input does, which is when its parent has died. */
const EXIT_ON_STDIN_END = 'ZAB_EXIT_ON_STDIN_END'

export const logFile = (plan: Plan): string => path.join(plan.directory, LOG)

export const zooCfgFile = (plan: Plan): string => path.join(plan.directory, 'zoo.cfg')

/** `server` is what Node is given before the name of the zoo.cfg. */
export const startChild = (plan: Plan, server: readonly string[]): Child => {
  const log = openLog(plan)
  const child = spawn(process.execPath, [...server, zooCfgFile(plan)], {
    // Its standard input ends when we do, however we end; the server leaves then. It is in a process group of its own,
    // so that a Ctrl-C at the terminal comes to us alone and the servers are stopped in order.
    stdio: ['pipe', log ?? 'ignore', log ?? 'ignore'],
    detached: true,
    env: { ...process.env, [EXIT_ON_STDIN_END]: '1' },
  })
  if (log !== undefined) closeSync(log)
  const ended = endOf(child)
  let isRunning = true
  void ended.then(() => {
    isRunning = false
  })
  const stop = async (limitMs: number): Promise<void> => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
    await ended
    clearTimeout(timer)
  }
  return { plan, isRunning: () => isRunning, ended, stop }
}

/** Without a log, on a full disk say, a server is better than none. */
const openLog = (plan: Plan): number | undefined => {
  try {
    return openSync(logFile(plan), 'a', FILE_MODE)
  } catch {
    return undefined
  }
}

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) => resolve(signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`))
    // Writing to a child that is gone is no news: `exit` tells it.
    child.stdin?.on('error', () => undefined)
  })

const SHOWN_LINES = 5

/** The last lines of its log. */
export const lastLogLines = (plan: Plan): readonly string[] => {
  try {
    return readFileSync(logFile(plan), 'utf8').trimEnd().split('\n').slice(-SHOWN_LINES)
  } catch {
    return []
  }
}

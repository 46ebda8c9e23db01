/** One server of either contender, as a process group of its own. */
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { logFile, zooCfgFile } from '../start/child.js'
import type { Plan } from '../start/layout.js'
import type { Contender } from './options.js'

export interface ServerProcess {
  /** Also the id of its process group: a command may start the server as its child. */
  readonly pid: number
  readonly isRunning: () => boolean
  readonly ended: Promise<void>
  /** `exit code 14` or `signal SIGABRT` when it has ended without being told to; undefined before, and when it was. */
  readonly ending: () => string | undefined
  readonly signal: (name: 'SIGTERM' | 'SIGKILL') => void
}

/** Throws when the program cannot be started. */
export const startServerProcess = async (plan: Plan, contender: Contender): Promise<ServerProcess> => {
  const [program = '', ...args] = contender.command(zooCfgFile(plan))
  const log = openSync(logFile(plan), 'a')
  const child = spawn(program, args, {
    cwd: plan.directory,
    // Our own servers leave when their standard input ends, which is when we do.
    stdio: ['pipe', log, log],
    env: { ...process.env, ZAB_EXIT_ON_STDIN_END: '1' },
    detached: true,
  })
  closeSync(log)
  child.stdin?.on('error', () => undefined)
  let isRunning = true
  let isTold = false
  let ending: string | undefined
  const ended = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      isRunning = false
      if (!isTold) ending = signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`
      resolve()
    })
  })
  const { pid } = child
  if (pid === undefined) {
    const reason = await new Promise<Error>((resolve) => child.once('error', resolve))
    throw new Error(`${program}: ${reason.message}`)
  }
  return {
    pid,
    isRunning: () => isRunning,
    ended,
    ending: () => ending,
    signal: (name) => {
      if (!isRunning) return
      isTold = true
      killGroup(pid, name)
    },
  }
}

const killGroup = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(-pid, name)
  } catch {
    // It has just ended by itself.
  }
}

/** Runs a load in a process of its own, and tells when it begins and ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Job, Outcome, Report } from './load/job.js'

/** For what comes before and after the measurement: sessions, nodes, answers that are still due. */
const GRACE_MS = 60_000

export interface LoadHooks {
  /** All is warm; the load begins when this is done. */
  readonly onReady: () => Promise<void>
  readonly onProgress: (acknowledged: number) => void
  /** The last answer has come. */
  readonly onDone: () => Promise<void>
}

/** `load`: what Node is given to run the load client, before its job. Rejects when the load cannot be completed. */
export const runLoad = async (
  load: readonly string[],
  job: Job,
  hooks: LoadHooks,
  stop: AbortSignal,
): Promise<Outcome> => {
  const limit = AbortSignal.timeout((job.seconds + job.warmupSeconds) * 1000 + GRACE_MS)
  const child = spawn(process.execPath, [...load, JSON.stringify(job)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A group of its own: a Ctrl-C at the terminal comes to us alone, and we end it.
    detached: true,
    signal: AbortSignal.any([stop, limit]),
    killSignal: 'SIGKILL',
  })
  const ended = once(child, 'close').catch(() => undefined)
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  try {
    for await (const line of createInterface(child.stdout)) {
      // Written by our own load process: the type is shared.
      const report = JSON.parse(line) as Report
      switch (report.event) {
        case 'ready':
          await hooks.onReady()
          child.stdin.write('go\n')
          break
        case 'progress':
          hooks.onProgress(report.acknowledged)
          break
        case 'done':
          await hooks.onDone()
          child.stdin.write('close\n')
          await ended
          return report.outcome
        case 'failed':
          throw new Error(`the load client: ${report.reason}`)
      }
    }
    throw new Error(limit.aborted ? 'the load did not end in time' : 'the load client has ended too early')
  } finally {
    child.stdin.end()
    child.kill('SIGKILL')
  }
}

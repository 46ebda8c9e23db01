/** The load loops. Each ends at its count or its time; every request that was sent is waited for. */
import { performance } from 'node:perf_hooks'
import type { Request } from '../../../service/request.js'
import type { Outcome } from './job.js'
import type { Session } from './session.js'

export interface Bounds {
  readonly operations: number
  readonly seconds: number
}

/** Keeps `outstanding` requests under way on every session. Rejects when a connection is lost. */
export const drivePipeline = (
  sessions: readonly Session[],
  outstanding: number,
  next: () => Request,
  { operations, seconds }: Bounds,
  onProgress: (acknowledged: number) => void,
): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const cpuBefore = process.cpuUsage()
    const start = performance.now()
    let remaining = operations
    let waiting = 0
    let acknowledged = 0
    let errors = 0
    const deadline = setTimeout(() => {
      remaining = 0
    }, seconds * 1000)
    const ticker = setInterval(() => onProgress(acknowledged), 500)
    const finish = (): void => {
      clearTimeout(deadline)
      clearInterval(ticker)
      const elapsed = (performance.now() - start) / 1000
      resolve({ acknowledged, errors, seconds: elapsed, cpuUs: cpuSince(cpuBefore), latenciesMs: [] })
    }
    const ask = (session: Session): void => {
      if (remaining <= 0) return
      remaining -= 1
      waiting += 1
      session.ask(next())
    }
    for (const session of sessions) {
      session.onReply = (error) => {
        waiting -= 1
        if (error === 0) acknowledged += 1
        else errors += 1
        ask(session)
        if (waiting === 0) finish()
      }
      session.onClose = (reason) => {
        clearTimeout(deadline)
        clearInterval(ticker)
        reject(new Error(reason))
      }
      for (let count = 0; count < outstanding; count += 1) ask(session)
    }
    for (const session of sessions) session.flush()
  })

/** One request at a time, on one session after the other, an equal share each. */
export const driveOneByOne = async (
  sessions: readonly Session[],
  next: () => Request,
  { operations, seconds }: Bounds,
  onProgress: (acknowledged: number) => void,
): Promise<Outcome> => {
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const latenciesMs: number[] = []
  let errors = 0
  for (const [index, session] of sessions.entries()) {
    const share = (index + 1) / sessions.length
    while (latenciesMs.length < operations * share) {
      const before = performance.now()
      if (before - start >= seconds * 1000 * share) break
      const { error } = await session.call(next())
      if (error === 0) latenciesMs.push(Number((performance.now() - before).toFixed(4)))
      else errors += 1
    }
    onProgress(latenciesMs.length)
  }
  return {
    acknowledged: latenciesMs.length,
    errors,
    seconds: (performance.now() - start) / 1000,
    cpuUs: cpuSince(cpuBefore),
    latenciesMs,
  }
}

const cpuSince = (before: NodeJS.CpuUsage): number => {
  const { system, user } = process.cpuUsage(before)
  return system + user
}

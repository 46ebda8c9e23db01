/**
 * Z3 from npm, in several processes: within one, checks wait for each other. A process that dies or hangs is replaced, and
 * what it was checking has no answer: unknown.
 */
import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, Check, Engine } from './engine.js'
import { GRACE_MS } from './engine.js'
import type { FromWorker } from './worker.js'

/** `worker.ts` under tsx, `worker.js` when built. */
const WORKER = fileURLToPath(new URL(`./worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url))
const LOADER = WORKER.endsWith('.ts') ? ['--import', 'tsx'] : []

interface Job {
  readonly check: Check
  readonly resolve: (answer: Answer) => void
}

interface Worker {
  readonly child: ChildProcess
  job: Job | undefined
}

const noAnswer = (reason: string): Answer => ({ verdict: 'unknown', reason, core: [], model: '', ms: 0 })

/** Rejects when the package is missing, or the first process cannot be started. */
export const startNpmEngine = async (processes: number, script: string = WORKER): Promise<Engine> => {
  const queue: Job[] = []
  const workers = new Set<Worker>()
  let isClosed = false

  const finish = (worker: Worker, answer: Answer): void => {
    const { job } = worker
    worker.job = undefined
    job?.resolve(answer)
    next(worker)
  }

  const next = (worker: Worker): void => {
    const job = worker.job === undefined ? queue.shift() : undefined
    if (job === undefined) return
    worker.job = job
    worker.child.send(job.check)
    // The solver looks at its own clock; this one is for when it does not.
    const guard = setTimeout(() => {
      if (worker.job === job) worker.child.kill('SIGKILL')
    }, job.check.timeoutMs + GRACE_MS)
    guard.unref()
  }

  const start = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = fork(script, { execArgv: LOADER, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
      const worker: Worker = { child, job: undefined }
      child.on('message', (received) => {
        const message = received as FromWorker // The other end of this channel is our own worker.
        switch (message.kind) {
          case 'ready':
            workers.add(worker)
            resolve(message.version)
            next(worker)
            break
          case 'missing':
            child.kill()
            reject(new Error(message.reason))
            break
          case 'answer':
            finish(worker, message.answer)
            break
          case 'failed':
            finish(worker, noAnswer(message.reason))
        }
      })
      child.once('error', reject)
      child.once('exit', () => {
        const wasReady = workers.delete(worker)
        worker.job?.resolve(noAnswer('the solver process died'))
        reject(new Error('the solver process died before it was ready'))
        if (wasReady && !isClosed) start().catch(() => failAll())
      })
    })

  const failAll = (): void => {
    if (workers.size === 0) for (const job of queue.splice(0)) job.resolve(noAnswer('no solver process can be started'))
  }

  const version = await start()
  await Promise.all(Array.from({ length: processes - 1 }, start))
  return {
    name: `${version} (npm z3-solver, ${processes} ${processes === 1 ? 'process' : 'processes'})`,
    check: (check) =>
      new Promise((resolve) => {
        queue.push({ check, resolve })
        for (const worker of workers) next(worker)
      }),
    close: () => {
      isClosed = true
      for (const { child } of workers) child.kill('SIGKILL')
    },
  }
}

/** The load process: `node main.js <job as JSON>`. Reports on standard output, ends with its standard input. */
import { once } from 'node:events'
import { driveOneByOne, drivePipeline } from './drive.js'
import type { Job, Outcome, Report } from './job.js'
import { makeRequests, prepareNodes } from './requests.js'
import type { Session } from './session.js'
import { openSession } from './session.js'

const OPEN_LIMIT_MS = 30_000

const report = (line: Report): unknown => process.stdout.write(`${JSON.stringify(line)}\n`)

const openSessions = ({ addresses, sessions }: Job): Promise<readonly Session[]> =>
  Promise.all(
    Array.from({ length: sessions }, async (_, index) => {
      const address = addresses[index % addresses.length]
      if (address === undefined) throw new Error('no address of a server')
      return openSession(address, OPEN_LIMIT_MS)
    }),
  )

const drive = (job: Job, sessions: readonly Session[], seconds: number, name: string): Promise<Outcome> => {
  const next = makeRequests(job.operation, job.sizeBytes, `${name}-${process.pid}`)
  const bounds = { operations: job.operations, seconds }
  const onProgress = (acknowledged: number): unknown => report({ event: 'progress', acknowledged })
  return job.kind === 'pipeline'
    ? drivePipeline(sessions, job.outstanding, next, bounds, onProgress)
    : driveOneByOne(sessions, next, bounds, onProgress)
}

const run = async (job: Job): Promise<void> => {
  const sessions = await openSessions(job)
  await prepareNodes(sessions, job.sizeBytes)
  if (job.warmupSeconds > 0) await drive(job, sessions, job.warmupSeconds, 'warmup')
  report({ event: 'ready' })
  await once(process.stdin, 'data')
  report({ event: 'done', outcome: await drive(job, sessions, job.seconds, 'measured') })
  await once(process.stdin, 'data')
  // A session that is left behind would expire during what is measured next.
  for (const session of sessions) await session.call({ op: 'closeSession' })
  process.exit()
}

process.stdin.on('end', () => process.exit())
try {
  // The process that started us has written it: the type is shared.
  await run(JSON.parse(process.argv[2] ?? '') as Job)
} catch (error) {
  report({ event: 'failed', reason: error instanceof Error ? error.message : String(error) })
}

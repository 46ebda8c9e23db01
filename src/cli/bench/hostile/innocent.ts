/** The innocent client: `node innocent.js <job as JSON>`. It harms nobody, and tells how long it was kept waiting. */
import { once } from 'node:events'
import { setInterval } from 'node:timers'
import type { Address } from '../../../shell/configuration/server-configuration.js'
import { OPEN } from '../../../service/acl.js'
import type { Session } from '../load/session.js'
import { openSession } from '../load/session.js'
import type { InnocentJob, InnocentReport, Waits } from './job.js'

const RETRY_MS = 20
const ATTEMPT_LIMIT_MS = 5000
/** Requests under way on a connection; above it the oldest goes on waiting and no new one is asked. */
const MOST_OUTSTANDING = 500
const NODE = '/innocent'

const report = (line: InnocentReport): unknown => process.stdout.write(`${JSON.stringify(line)}\n`)

/**
 * One kind of request to one server, on a connection of its own that is made anew whenever it is lost. A request that is
 * lost is owed: what counts is the time from when it was first asked to the next answer of its kind.
 */
class Line {
  longestMs = 0
  answers = 0
  lost = 0
  private session: Session | undefined
  private isOpening = false
  private asked: number[] = []
  private owedSinceMs: number | undefined

  constructor(
    private readonly address: Address,
    private readonly kind: 'read' | 'write',
  ) {}

  tick(): void {
    if (this.session === undefined) {
      this.owedSinceMs ??= performance.now()
      void this.open()
    } else if (this.asked.length < MOST_OUTSTANDING) this.ask(this.session)
  }

  /** Forgets what was before. */
  begin(): void {
    this.longestMs = 0
    this.answers = 0
    this.lost = 0
  }

  get isWaiting(): boolean {
    return this.owedSinceMs !== undefined || this.asked.length > 0
  }

  waitsUntil(nowMs: number): Waits {
    const sinceMs = this.owedSinceMs ?? this.asked[0]
    const isUnanswered = sinceMs !== undefined
    return {
      longestMs: Math.max(this.longestMs, isUnanswered ? nowMs - sinceMs : 0),
      answers: this.answers,
      lost: this.lost + this.asked.length,
      isUnanswered,
    }
  }

  /** A session that is left behind would expire during what is measured next. */
  async close(): Promise<void> {
    await this.session?.call({ op: 'closeSession' }).catch(() => undefined)
  }

  private async open(): Promise<void> {
    if (this.isOpening) return
    this.isOpening = true
    const session = await openSession(this.address, ATTEMPT_LIMIT_MS).catch(() => undefined)
    if (session !== undefined) this.use(session)
    setTimeout(() => {
      this.isOpening = false
    }, RETRY_MS)
  }

  private use(session: Session): void {
    this.session = session
    session.onReply = (error) => this.onReply(error)
    session.onClose = () => {
      this.session = undefined
      this.owedSinceMs ??= this.asked[0]
      this.lost += this.asked.length
      this.asked = []
    }
  }

  /** An error is an answer too, unless it is the ensemble's (not the node's): then the request is still owed. */
  private onReply(error: number): void {
    const now = performance.now()
    const sinceMs = this.owedSinceMs ?? this.asked[0] ?? now
    this.asked.shift()
    if (error !== 0) {
      this.owedSinceMs ??= sinceMs
      this.lost += 1
      return
    }
    this.owedSinceMs = undefined
    this.answers += 1
    this.longestMs = Math.max(this.longestMs, now - sinceMs)
  }

  private ask(session: Session): void {
    this.asked.push(performance.now())
    if (this.kind === 'read') session.ask({ op: 'getData', path: NODE, watch: false })
    else session.ask({ op: 'setData', path: NODE, data: new Uint8Array(16), version: -1 })
    session.flush()
  }
}

const worse = (one: Waits, other: Waits): Waits => ({
  longestMs: Math.max(one.longestMs, other.longestMs),
  answers: one.answers + other.answers,
  lost: one.lost + other.lost,
  isUnanswered: one.isUnanswered || other.isUnanswered,
})

const prepare = async (job: InnocentJob): Promise<void> => {
  const session = await openSession(job.attacked, 30_000)
  await session.call({ op: 'create', path: NODE, data: null, acl: OPEN, flags: 0 })
  await session.call({ op: 'closeSession' })
  const other = await openSession(job.other, 30_000)
  await other.call({ op: 'sync', path: NODE })
  await other.call({ op: 'closeSession' })
}

const settled = async (lines: readonly Line[], boundMs: number): Promise<void> => {
  const deadline = performance.now() + boundMs
  while (performance.now() < deadline && lines.some((line) => line.isWaiting))
    await new Promise((resolve) => setTimeout(resolve, 10))
}

const run = async (job: InnocentJob): Promise<void> => {
  await prepare(job)
  const attacked = [new Line(job.attacked, 'read'), new Line(job.attacked, 'write')] as const
  const other = [new Line(job.other, 'read'), new Line(job.other, 'write')] as const
  const all = [...attacked, ...other]
  let ownDelayMs = 0
  let lastMs = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    ownDelayMs = Math.max(ownDelayMs, now - lastMs - job.everyMs)
    lastMs = now
    for (const line of all) line.tick()
  }, job.everyMs)
  report({ event: 'ready' })
  await once(process.stdin, 'data')
  for (const line of all) line.begin()
  ownDelayMs = 0
  await once(process.stdin, 'data')
  clearInterval(timer)
  await settled(all, job.boundMs)
  const now = performance.now()
  const outcome = {
    attacked: worse(attacked[0].waitsUntil(now), attacked[1].waitsUntil(now)),
    other: worse(other[0].waitsUntil(now), other[1].waitsUntil(now)),
    ownDelayMs,
  }
  report({ event: 'done', outcome })
  await Promise.race([
    Promise.all(all.map((line) => line.close())),
    new Promise((resolve) => setTimeout(resolve, 1000)),
  ])
  process.exit()
}

process.stdin.on('end', () => process.exit())
try {
  // The process that started us has written it: the type is shared.
  await run(JSON.parse(process.argv[2] ?? '') as InnocentJob)
} catch (error) {
  report({ event: 'failed', reason: error instanceof Error ? error.message : String(error) })
}

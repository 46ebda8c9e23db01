/** The attacker: `node attacker.js <job as JSON>`. Runs one item of the menu; ends with its standard input. */
import { once } from 'node:events'
import type { AttackJob, AttackReport } from './job.js'
import { itemOf } from './menu.js'

const report = (line: AttackReport): unknown => process.stdout.write(`${JSON.stringify(line)}\n`)

const underAttack = async (): Promise<void> => {
  report({ event: 'underAttack' })
  await once(process.stdin, 'data')
}

const run = async (job: AttackJob): Promise<void> => {
  const item = itemOf(job.item)
  if (item === undefined) throw new Error(`there is no ${job.item}`)
  const { attacked, brief, others, seconds, seed } = job
  const signal = AbortSignal.timeout(seconds * 1000)
  try {
    const finding = await item.attack({ attacked, others, brief, seed, signal, underAttack })
    report({ event: 'done', finding, isOver: signal.aborted })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    report({ event: 'failed', reason, isOver: signal.aborted })
  }
}

process.stdin.on('end', () => process.exit())
// The process that started us has written it: the type is shared.
await run(JSON.parse(process.argv[2] ?? '') as AttackJob)
process.exit()

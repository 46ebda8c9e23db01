// How the checkers scale: processor time for n and for 4n operations of every shape, with commits and without.
//   npx tsx test/model/consistency/measure.ts [n]
import { checkHistory } from '../../../model/consistency/check.js'
import type { History } from '../../../model/consistency/history.js'
import { SHAPE, SHAPES, large } from './large.js'

/** All writes lost are no promise: the verdict may be unknown, but it must come. */
const shapes = { ...SHAPES, 'all answers to writes lost': { losses: 100 } }

const measure = (history: History): { readonly ms: number; readonly verdict: string } => {
  const before = process.cpuUsage()
  const verdict = checkHistory(history)
  const { user, system } = process.cpuUsage(before)
  return { ms: (user + system) / 1000, verdict: verdict.kind }
}

const operations = Number(process.argv[2] ?? 25_000)
console.log(
  `${'shape'.padEnd(45)}${'knows'.padEnd(10)}${`${operations} ms`.padStart(12)}${`${4 * operations} ms`.padStart(12)}  ratio  verdict`,
)
for (const [name, shape] of Object.entries(shapes)) {
  const [small, big] = [operations, 4 * operations].map((count) => large({ ...SHAPE, ...shape, operations: count }))
  if (small === undefined || big === undefined) continue
  for (const knows of ['commits', 'zxids']) {
    const known = (history: History): History => (knows === 'commits' ? history : { calls: history.calls })
    const [first, second] = [measure(known(small)), measure(known(big))]
    const numbers = [first.ms, second.ms].map((ms) => ms.toFixed(0).padStart(12)).join('')
    console.log(
      `${name.padEnd(45)}${knows.padEnd(10)}${numbers}${(second.ms / first.ms).toFixed(1).padStart(7)}  ${second.verdict}`,
    )
  }
}

/**
 * `zab simulate`: whole ensembles of the real server in a simulated world with faults, every step checked.
 *
 * Exit codes: 0 everything held, 1 a violation was found and is explained.
 */
import type { SimulationReport } from '../../../model/world/simulate.js'
import { simulate } from '../../../model/world/simulate.js'
import { clauseIds } from '../../core/clause.js'
import type { AddCommand } from '../command.js'
import { integerBetween, withExample } from '../command.js'
import { EXIT } from '../exit-code.js'

interface Options {
  readonly seed: number
  readonly servers: number
  readonly observers: number
  readonly steps: number
  readonly json?: true
}

/** Milliseconds between two updates of the progress line on a terminal, and of the progress lines in a log. */
const REDRAW_MS = 200
const LOG_MS = 10_000

/** Says on stderr how far it is: one line redrawn on a terminal, a line now and then elsewhere. */
const makeProgress = (total: number): ((progress: { readonly schedules: number; readonly steps: number }) => void) => {
  const { isTTY } = process.stderr
  let shownMs = performance.now()
  return ({ schedules, steps }) => {
    const nowMs = performance.now()
    if (nowMs - shownMs < (isTTY ? REDRAW_MS : LOG_MS)) return
    shownMs = nowMs
    const text = `${schedules} schedules, ${Math.min(100, Math.floor((100 * steps) / total))} % of ${total} steps`
    process.stderr.write(isTTY ? `\r${text}\u001b[K` : `${text}\n`)
  }
}

const renderText = (report: SimulationReport): string => {
  const { schedules, steps, commits, simulatedMs, simulatedHoursPerSecond: speed, clausesReached } = report
  const ran =
    `seed ${report.seed}: ${schedules} schedules, ${steps} steps, ${commits} commits, ` +
    `${(simulatedMs / 3_600_000).toFixed(2)} simulated hours` +
    (speed === undefined ? '' : ` (${(speed * 3600).toFixed(0)} in an hour)`) +
    `; ${clausesReached.size} of ${clauseIds.length} clauses reached; fingerprint ${report.fingerprint}`
  return report.violation === undefined
    ? `held\n${ran}`
    : `violated: ${report.violation.clause}\n${report.explanation ?? ''}\n${ran}`
}

const renderJson = (report: SimulationReport): string =>
  JSON.stringify({ ...report, clausesReached: [...report.clausesReached].sort() })

export const addSimulate: AddCommand = (program, finish) => {
  const command = program
    .command('simulate')
    .description('run whole ensembles in a simulated world with faults; check every step and every client history')
    .option('--seed <number>', 'same seed, same run', integerBetween(0, 0x7fffffff), 1)
    .option('--servers <number>', 'voters', integerBetween(1, 9), 3)
    .option('--observers <number>', 'observers', integerBetween(0, 9), 0)
    .option('--steps <number>', 'events to be handled by servers, at least', integerBetween(1, 1_000_000_000), 200_000)
    .option('--json', 'one JSON object instead of text')
    .action(({ seed, servers, observers, steps, json }: Options) => {
      const report = simulate({
        seed,
        servers,
        observers,
        steps,
        clockMs: () => performance.now(),
        onSchedule: makeProgress(steps),
      })
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
      process.stdout.write(`${json === true ? renderJson(report) : renderText(report)}\n`)
      finish(report.violation === undefined ? EXIT.held : EXIT.violated)
    })
  withExample(command, 'zab simulate --seed 7 --servers 5 --steps 1000000')
}

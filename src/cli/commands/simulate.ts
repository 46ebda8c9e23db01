/**
 * `zab simulate`: whole ensembles of the real server in a simulated world with faults, every step checked.
 *
 * Exit codes: 0 everything held, 1 a violation was found and is explained.
 */
import type { FaultName } from '../../../model/world/atlas.js'
import type { SimulationReport } from '../../../model/world/simulate.js'
import { simulate } from '../../../model/world/simulate.js'
import type { Observe } from '../../../model/observer.js'
import { clauseIds } from '../../core/clause.js'
import type { AddCommand } from '../command.js'
import { integerBetween, withExample } from '../command.js'
import { EXIT } from '../exit-code.js'
import { faultsOption } from '../fuzz/flags.js'

interface Options {
  readonly seed: number
  readonly servers: number
  readonly observers: number
  readonly steps: number
  readonly schedules?: number
  readonly faults: readonly FaultName[]
  readonly codecs?: true
  readonly refinement: boolean
  readonly json?: true
}

/** Milliseconds between two updates of the progress line on a terminal, and of the progress lines in a log. */
const REDRAW_MS = 200
const LOG_MS = 10_000

/** Says on stderr how far it is: one line redrawn on a terminal, a line now and then elsewhere. */
const makeProgress = (
  total: number,
  unit: 'steps' | 'schedules',
): ((progress: { readonly schedules: number; readonly steps: number }) => void) => {
  const { isTTY } = process.stderr
  let shownMs = performance.now()
  return (done) => {
    const nowMs = performance.now()
    if (nowMs - shownMs < (isTTY ? REDRAW_MS : LOG_MS)) return
    shownMs = nowMs
    const text = `${done.schedules} schedules, ${Math.min(100, Math.floor((100 * done[unit]) / total))} % of ${total} ${unit}`
    process.stderr.write(isTTY ? `\r${text}\u001b[K` : `${text}\n`)
  }
}

/** How often the abstract actions and remarkable situations came up. */
type Counts = ReadonlyMap<string, number>

const renderCounts = (counts: Counts): string =>
  [...counts].map(([what, count]) => `  ${String(count).padStart(9)}  ${what}`).join('\n')

const renderText = (report: SimulationReport, counts: Counts | undefined): string => {
  const { schedules, steps, commits, simulatedMs, simulatedHoursPerSecond: speed, clausesReached } = report
  const ran =
    `seed ${report.seed}: ${schedules} schedules, ${steps} steps, ${commits} commits, ` +
    `${(simulatedMs / 3_600_000).toFixed(2)} simulated hours` +
    (speed === undefined ? '' : ` (${(speed * 3600).toFixed(0)} in an hour)`) +
    `; ${clausesReached.size} of ${clauseIds.length} clauses reached; fingerprint ${report.fingerprint}`
  const seen =
    counts === undefined ? '' : `\nsteps of the abstract system, and situations among them:\n${renderCounts(counts)}`
  return report.violation === undefined
    ? `held\n${ran}${seen}`
    : `violated: ${report.violation.clause}\n${report.explanation ?? ''}\n${ran}`
}

const renderJson = (report: SimulationReport, counts: Counts | undefined): string =>
  JSON.stringify({
    ...report,
    clausesReached: [...report.clausesReached].sort(),
    abstractSteps: counts === undefined ? undefined : Object.fromEntries(counts),
  })

/** The judge of refinement, that counts what it sees; all that it might see is there from the start, with 0. */
const counting = async (): Promise<{ readonly observe: Observe<unknown>; readonly counts: Counts }> => {
  const { marks, refinement } = await import('../../../proofs/refinement.js')
  const { zab } = await import('../../../spec/zab.js')
  const names = [...zab.actions.map(({ name }) => name), ...Object.values(marks)]
  const counts = new Map(names.map((name) => [name, 0]))
  return { observe: refinement({ count: (what) => counts.set(what, (counts.get(what) ?? 0) + 1) }), counts }
}

export const addSimulate: AddCommand = (program, finish) => {
  const command = program
    .command('simulate')
    .description(
      'run whole ensembles in a simulated world with faults; check every step, each against the abstract system, and every client history',
    )
    .option('--seed <number>', 'same seed, same run', integerBetween(0, 0x7fffffff), 1)
    .option('--servers <number>', 'voters', integerBetween(1, 9), 3)
    .option('--observers <number>', 'observers', integerBetween(0, 9), 0)
    .option('--steps <number>', 'events to be handled by servers, at least', integerBetween(1, 1_000_000_000), 200_000)
    .option('--schedules <number>', 'so many schedules, instead of --steps', integerBetween(1, 1_000_000_000))
    .addOption(faultsOption())
    .option('--codecs', 'real bytes between servers, and between clients and servers, cut anywhere: slower')
    .option('--no-refinement', 'do not check each step against the abstract system: faster, and blinder')
    .option('--json', 'one JSON object instead of text')
    .action(async (options: Options) => {
      const { seed, servers, observers, steps, schedules, faults, codecs, refinement, json } = options
      const judge = refinement ? await counting() : undefined
      const report = simulate({
        seed,
        servers,
        observers,
        steps,
        faults,
        ...(codecs === undefined ? {} : { codecs }),
        ...(schedules === undefined ? {} : { schedules }),
        ...(judge === undefined ? {} : { observe: judge.observe }),
        clockMs: () => performance.now(),
        onSchedule: makeProgress(schedules ?? steps, schedules === undefined ? 'steps' : 'schedules'),
      })
      if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
      process.stdout.write(`${json === true ? renderJson(report, judge?.counts) : renderText(report, judge?.counts)}\n`)
      finish(report.violation === undefined ? EXIT.held : EXIT.violated)
    })
  withExample(command, 'zab simulate --seed 7 --servers 5 --steps 1000000')
}

/** What came of the obligations: a table for people, an object for programs. Pure. */
import type { Obligation } from './obligations.js'

export type Verdict = 'discharged' | 'refuted' | 'unknown'

export interface Result {
  readonly obligation: Obligation
  readonly verdict: Verdict
  /** All attempts together, in milliseconds. */
  readonly ms: number
  readonly attempts: number
  /** Proved from the recorded hypotheses alone; else from all of them. */
  readonly isByRecord: boolean
  /** When refuted: the state that the solver found. When unknown: why. */
  readonly remark: string
}

export interface Report {
  readonly engine: string
  readonly seed: number
  readonly results: readonly Result[]
  readonly seconds: number
  /** Obligations that the run was to try. */
  readonly asked: number
}

const SLOWEST = 5

const count = (results: readonly Result[], verdict: Verdict): number =>
  results.filter((result) => result.verdict === verdict).length

/** Held when everything asked is discharged. */
export const isProved = ({ results, asked }: Report): boolean => count(results, 'discharged') === asked

export const isRefuted = ({ results }: Report): boolean => count(results, 'refuted') > 0

export const renderText = (report: Report): string => {
  const { results, asked, seconds, engine, seed } = report
  const slowest = [...results].sort((a, b) => b.ms - a.ms).slice(0, SLOWEST)
  const isRecordUsed = results.some(({ isByRecord }) => isByRecord)
  const withoutRecord = results.filter(
    ({ isByRecord, verdict }) => isRecordUsed && verdict === 'discharged' && !isByRecord,
  )
  return [
    ...results.flatMap(renderFailure),
    'step             obligations  discharged   seconds',
    ...stepsOf(results).map((step) =>
      renderStep(
        step,
        results.filter(({ obligation }) => obligation.step === step),
      ),
    ),
    renderStep('all', results),
    '',
    `slowest: ${slowest.map(({ obligation, ms }) => `${obligation.name} ${(ms / 1000).toFixed(2)} s`).join('; ')}`,
    ...(withoutRecord.length === 0
      ? []
      : [
          `proved from all hypotheses, not from the recorded ones: ${withoutRecord.map(({ obligation }) => obligation.name).join('; ')}`,
        ]),
    `${isProved(report) ? 'proved' : 'NOT proved'}: ${count(results, 'discharged')} of ${asked} obligations discharged ` +
      `in ${seconds.toFixed(1)} s by ${engine}, seed ${seed}`,
  ].join('\n')
}

/** One run of several, in a line. */
export const renderRun = (report: Report): string => {
  const [slowest] = [...report.results].sort((a, b) => b.ms - a.ms)
  return [
    ...report.results.flatMap(renderFailure),
    `seed ${report.seed}: ${count(report.results, 'discharged')} of ${report.asked} discharged in ${report.seconds.toFixed(1)} s` +
      (slowest === undefined ? '' : `, the slowest in ${(slowest.ms / 1000).toFixed(2)} s: ${slowest.obligation.name}`),
  ].join('\n')
}

const stepsOf = (results: readonly Result[]): readonly string[] => [
  ...new Set(results.map(({ obligation }) => obligation.step)),
]

const renderStep = (step: string, results: readonly Result[]): string =>
  [
    step.padEnd(16),
    String(results.length).padStart(11),
    String(count(results, 'discharged')).padStart(12),
    (results.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(2).padStart(10),
  ].join(' ')

const renderFailure = ({ obligation, verdict, remark }: Result): readonly string[] =>
  verdict === 'discharged'
    ? []
    : [`${verdict}: ${obligation.name} (${obligation.goal.why})`, ...remark.split('\n').map((line) => `  ${line}`)]

export const renderJson = (report: Report): string =>
  JSON.stringify(
    {
      proved: isProved(report),
      engine: report.engine,
      seed: report.seed,
      seconds: report.seconds,
      asked: report.asked,
      discharged: count(report.results, 'discharged'),
      obligations: report.results.map(({ obligation, verdict, ms, attempts, isByRecord, remark }) => ({
        name: obligation.name,
        step: obligation.step,
        verdict,
        ms: Math.round(ms),
        attempts,
        isByRecord,
        ...(remark === '' ? {} : { remark }),
      })),
    },
    undefined,
    2,
  )

/** What an exploration found, for people and for programs. */
import type { Bounds } from '../../../proofs/exploration/bounds.js'
import { isReconfigured } from '../../../proofs/exploration/bounds.js'
import { candidatesOf } from '../../../proofs/exploration/configurations.js'
import type { Exploration, Progress } from '../../../proofs/exploration/explore.js'
import { showHappening, story } from '../../../proofs/exploration/story.js'

export interface Finished {
  readonly exploration: Exploration
  readonly bounds: Bounds
  readonly reductions: boolean
  readonly rules: string
  readonly seconds: number
}

const thousands = (value: number): string => Math.round(value).toLocaleString('en-US')
const megabytes = (bytes: number): string => `${thousands(bytes / 1e6)} MB`

export const renderProgress = (progress: Progress, seconds: number, resident: number): string =>
  `${thousands(progress.states)} states, depth ${progress.depth}, queue ${thousands(progress.queue)}, ` +
  `${thousands(progress.states / Math.max(seconds, 0.001))} states/s, ${megabytes(resident)}`

const verdicts: Readonly<Record<Exploration['verdict'], string>> = {
  Held: 'held',
  Violated: 'violated',
  Ended: 'the budget ended before every state was seen; nothing was found until then',
}

export const renderText = ({ exploration, bounds, reductions, rules, seconds }: Finished): string => {
  const { servers, transactions, timeouts, restarts, leaderships, elections } = bounds
  const changes = isReconfigured(bounds) ? `, ${renderReconfigurations(bounds)}` : ''
  const attempts =
    elections === undefined
      ? `an oracle for elections, at most ${leaderships} attempts to lead`
      : `real elections, of which servers begin at most ${elections}`
  const { states, transitions, depth, queue, distinct, counterexample, verdict } = exploration
  return [
    ...(counterexample === undefined ? [] : [story(counterexample)]),
    verdicts[verdict],
    `(${servers},${transactions},${timeouts},${restarts})${changes}, ${attempts}; rules: ${rules}; ` +
      (reductions ? 'with reductions' : 'without reductions'),
    `${thousands(states)} states, ${thousands(transitions)} transitions, depth ${depth}, queue ${thousands(queue)}; ` +
      `${thousands(distinct.servers)} states of single servers, ${thousands(distinct.abstract)} abstract states; ` +
      `${seconds.toFixed(1)} s`,
  ].join('\n')
}

/** `1 joiner, 2 reconfigurations, each to one of 7 sets of voters`. */
const renderReconfigurations = (bounds: Bounds): string => {
  const { joiners = 0, reconfigurations = 0 } = bounds
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`
  return [
    ...(joiners === 0 ? [] : [count(joiners, 'joiner')]),
    count(reconfigurations, 'reconfiguration'),
    `each to one of ${count(candidatesOf(bounds).length, 'set')} of voters`,
  ].join(', ')
}

export const renderJson = ({ exploration, ...rest }: Finished): string => {
  const { counterexample, ...figures } = exploration
  return JSON.stringify({
    ...rest,
    ...figures,
    ...(counterexample === undefined
      ? {}
      : { objection: counterexample.objection, steps: counterexample.happenings.map(showHappening) }),
  })
}

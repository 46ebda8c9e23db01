/**
 * A campaign: case after case, and what they have reached. A schedule that reaches something new is kept, and later ones
 * grow out of those kept. It does nothing by itself: the caller asks for the next case as long as there is time.
 */
import type { Transaction } from '../../src/service/transaction.js'
import type { Observe } from '../observer.js'
import { recording } from '../recording.js'
import type { Verdicts } from '../recording.js'
import type { PlainOptions } from '../world/options.js'
import type { Run } from '../world/schedule.js'
import type { Subject } from './execute.js'
import { executing } from './execute.js'
import { isAllowed } from './faults.js'
import type { GeneratorOptions } from './generate.js'
import { draft } from './generate.js'
import { makeLookout } from './lookout.js'
import { marks } from './marks.js'
import { mutate } from './mutate.js'
import type { Scenario } from './scenario.js'

// --- model

export interface CampaignOptions {
  readonly generator: GeneratorOptions
  readonly subject: Subject
  /** Schedules of earlier campaigns. */
  readonly corpus: readonly Scenario[]
  /** Puts several observers into one. */
  readonly together: (observers: readonly Observe<Transaction>[]) => Observe<Transaction>
  /** Takes the place of the judges of the subject while the campaign lasts. */
  readonly countingJudge?: CountingJudge
}

/** Judges that count marks of their own, besides those of `marks`. */
export interface CountingJudge {
  readonly names: readonly string[]
  readonly observe: (count: (name: string) => void) => Observe<Transaction>
}

export interface Progress {
  readonly cases: number
  readonly steps: number
  readonly commits: number
  readonly simulatedMs: number
}

/** All that has been reached so far. */
export interface Reached {
  /** By name, all that there are, the unreached ones with 0. */
  readonly marks: ReadonlyMap<string, number>
  /** Clauses that the servers have cited: in so many cases. */
  readonly clauses: ReadonlyMap<string, number>
  readonly premises: ReadonlyMap<string, Verdicts>
}

export interface Case {
  readonly run: Run
  readonly scenario: Scenario
  /** What no case before has reached; empty for most. */
  readonly news: readonly string[]
  /** Later schedules may grow out of it. */
  readonly isKept: boolean
}

export interface Campaign {
  readonly next: () => Case
  readonly progress: () => Progress
  readonly reached: () => Reached
}

/** As many are kept, and no more. */
export const MAX_CORPUS = 500

// --- operations

export const makeCampaign = (options: CampaignOptions): Campaign => {
  const { generator, subject, together, countingJudge } = options
  const counts = new Map<string, number>(
    [...Object.values(marks), ...(countingJudge?.names ?? [])].map((name) => [name, 0]),
  )
  const clauses = new Map<string, number>()
  const seen = new Set<string>()
  const corpus = options.corpus.map(withAllowed(generator))
  const kept: Scenario[] = [...corpus]
  const count = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const { rules, verdicts } = recording(subject.rules)
  const lookout = makeLookout((mark) => {
    count(marks[mark])
  })
  const judge = countingJudge?.observe(count) ?? subject.observe
  const observe = judge === undefined ? lookout.observe : together([judge, lookout.observe])
  const execute = executing({ ...subject, rules, observe }, lookout.watch)
  let progress: Progress = { cases: 0, steps: 0, commits: 0, simulatedMs: 0 }

  const note = (run: Run): void => {
    const { world } = run
    progress = {
      cases: progress.cases + 1,
      steps: progress.steps + world.steps(),
      commits: progress.commits + world.commits().length,
      simulatedMs: progress.simulatedMs + world.nowMs(),
    }
    for (const clause of world.clausesReached()) clauses.set(clause, (clauses.get(clause) ?? 0) + 1)
  }

  /** What has been reached for the first time. */
  const newsNow = (): readonly string[] => {
    const news = featuresOf({ marks: counts, clauses, premises: verdicts() }).filter((feature) => !seen.has(feature))
    for (const feature of news) seen.add(feature)
    return news
  }

  const next = (): Case => {
    const n = progress.cases
    const earlier = corpus[n]
    const scenario = earlier ?? invent(generator, n - corpus.length, kept)
    const run = execute(scenario.options, scenario.commands)
    note(run)
    const news = newsNow()
    const isKept = news.length > 0 && earlier === undefined && run.violation === undefined && kept.length < MAX_CORPUS
    if (isKept) kept.push(scenario)
    return { run, scenario, news, isKept }
  }

  return {
    next,
    progress: () => progress,
    reached: () => ({ marks: counts, clauses, premises: verdicts() }),
  }
}

const withAllowed =
  ({ faults }: GeneratorOptions) =>
  (scenario: Scenario): Scenario => ({ ...scenario, commands: scenario.commands.filter(isAllowed(faults)) })

/** Fresh, or out of one that is kept. */
const invent = (generator: GeneratorOptions, n: number, kept: readonly Scenario[]): Scenario => {
  const { random, options, commands } = draft(generator, n)
  const parent = random.below(2) === 0 ? kept[random.below(kept.length)] : undefined
  if (parent === undefined || !fits(parent.options, options)) return { options, commands }
  return { options: { ...parent.options, seed: options.seed }, commands: mutate(random, parent.commands, commands) }
}

/** A schedule names servers and clients: it must have been made for as many. */
const fits = (first: PlainOptions, second: PlainOptions): boolean =>
  first.voters === second.voters &&
  first.observers === second.observers &&
  first.clients === second.clients &&
  first.joiners === second.joiners

const featuresOf = ({ marks: counts, clauses, premises }: Reached): readonly string[] => [
  ...[...counts].flatMap(([name, times]) => (times > 0 ? [name] : [])),
  ...clauses.keys(),
  ...[...premises].flatMap(([name, verdicts]) => [
    ...(verdicts.true > 0 ? [`${name}: true`] : []),
    ...(verdicts.false > 0 ? [`${name}: false`] : []),
  ]),
]

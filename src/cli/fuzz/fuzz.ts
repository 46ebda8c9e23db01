/** What `zab fuzz` does. It is loaded when it is asked for: servers have no use for it. */
import { setImmediate } from 'node:timers/promises'
import { isLeft, right } from 'fp-ts/lib/Either.js'
import type { Campaign, Case } from '../../../model/fuzz/campaign.js'
import { makeCampaign } from '../../../model/fuzz/campaign.js'
import { bursts, corners } from '../../../model/fuzz/episodes.js'
import { lostDisks } from '../../../model/fuzz/lost-disks.js'
import { reconfigurations } from '../../../model/fuzz/operators.js'
import { watchers } from '../../../model/fuzz/watchers.js'
import { plainOptions } from '../../../model/world/options.js'
import type { Run } from '../../../model/world/schedule.js'
import { randomCommands } from '../../../model/world/schedule.js'
import { schedules } from '../../../proofs/museum/schedules.js'
import { together } from '../../../proofs/museum/together.js'
import { EXIT } from '../exit-code.js'
import { addToCorpus, readCorpus } from './corpus.js'
import type { Failure } from './failure.js'
import type { FuzzFlags } from './flags.js'
import { misused } from './output.js'
import { publish, unwritableOf } from './report.js'
import { failureOf, shrinkUntil } from './shrink-failure.js'
import type { Planted } from './subject.js'
import { countingJudge, subjectOf } from './subject.js'
import type { Summary } from './summary.js'
import { makeTicker } from './ticker.js'

const { restless, tails, comebacks, blinks } = schedules

export const fuzz = async (flags: FuzzFlags): Promise<number> => {
  const planted = subjectOf(flags.bug)
  if (isLeft(planted)) return misused(planted.left)
  const corpus = flags.corpus === undefined ? right([]) : readCorpus(flags.corpus)
  if (isLeft(corpus)) return misused(corpus.left)
  const unwritable = unwritableOf(flags)
  if (unwritable !== undefined) return misused(unwritable)
  let isInterrupted = false
  const interrupt = (): void => {
    isInterrupted = true
  }
  // The first time it ends early and says what there is; the second time it just ends.
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const campaign = makeCampaign({
      generator: generatorOf(flags, planted.right),
      subject: planted.right.subject,
      corpus: corpus.right,
      together,
      countingJudge,
    })
    return await report(flags, planted.right, campaign, corpus.right.length, () => isInterrupted)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

const generatorOf = (
  { seed, shard, servers, observers, clients, faults }: FuzzFlags,
  { fixed, schedule }: Planted,
): Parameters<typeof makeCampaign>[0]['generator'] => ({
  seed,
  shard,
  voters: servers,
  observers,
  clients,
  fixed,
  faults,
  schedules:
    schedule === undefined
      ? [
          randomCommands,
          randomCommands,
          bursts,
          corners,
          corners,
          watchers,
          lostDisks,
          restless,
          tails,
          comebacks,
          blinks,
        ]
      : [schedule],
  ...(schedule === undefined ? { reconfiguring: [randomCommands, reconfigurations, reconfigurations] } : {}),
})

const report = async (
  flags: FuzzFlags,
  planted: Planted,
  campaign: Campaign,
  corpusSize: number,
  isInterrupted: () => boolean,
): Promise<number> => {
  const begunMs = performance.now()
  const { found, kept, unkept } = await search(flags, campaign, isInterrupted)
  const elapsedMs = performance.now() - begunMs
  const failure = found === undefined ? undefined : await explain(flags, planted, found.run, isInterrupted)
  const summary: Summary = {
    outcome: outcomeOf(found?.run, unkept !== undefined || isInterrupted()),
    seed: flags.seed,
    shard: flags.shard,
    elapsedMs,
    progress: campaign.progress(),
    reached: campaign.reached(),
    corpus: corpusSize + kept,
  }
  const notWritten = [...(unkept === undefined ? [] : [unkept]), ...(await publish(flags, summary, failure))]
  for (const why of notWritten) misused(why)
  // A finding is worth more than a report.
  return notWritten.length > 0 && summary.outcome !== 'violated' ? EXIT.usage : EXIT_OF[summary.outcome]
}

const EXIT_OF = {
  held: EXIT.held,
  violated: EXIT.violated,
  unknown: EXIT.unknown,
  interrupted: EXIT.unknown,
} as const satisfies Readonly<Record<Summary['outcome'], number>>

const outcomeOf = (run: Run | undefined, isInterrupted: boolean): Summary['outcome'] => {
  if (run !== undefined) return run.violation?.clause === 'UNKNOWN' ? 'unknown' : 'violated'
  return isInterrupted ? 'interrupted' : 'held'
}

interface Searched {
  readonly found: Case | undefined
  /** So many schedules went into the corpus. */
  readonly kept: number
  /** Why one did not. */
  readonly unkept: string | undefined
}

/** Until something is found or the budget ends. */
const search = async (
  { budget, cases = Number.POSITIVE_INFINITY, corpus }: FuzzFlags,
  campaign: Campaign,
  isInterrupted: () => boolean,
): Promise<Searched> => {
  const ticker = makeTicker(process.stderr, budget)
  const endMs = performance.now() + budget
  let kept = 0
  let found: Case | undefined
  let unkept: string | undefined
  const isOver = (): boolean =>
    found !== undefined ||
    unkept !== undefined ||
    performance.now() >= endMs ||
    campaign.progress().cases >= cases ||
    isInterrupted()
  while (!isOver()) {
    const next = campaign.next()
    if (next.run.violation !== undefined) found = next
    else if (next.isKept) {
      kept += 1
      if (corpus !== undefined) unkept = addToCorpus(corpus, next.scenario)
    }
    ticker.tick(campaign.progress())
    // Signals are heard between two cases.
    await setImmediate()
  }
  ticker.end()
  return { found, kept, unkept }
}

/** Shrunk as far as there is time for, then run once more and told. */
const explain = async (
  { shrink, bug, root }: FuzzFlags,
  { subject }: Planted,
  run: Run,
  isInterrupted: () => boolean,
): Promise<Failure> => {
  const { options, commands } = await shrinkUntil(subject, run, performance.now() + shrink, isInterrupted)
  const scenario = { options: plainOptions(options), commands }
  return failureOf(subject, bug === undefined ? scenario : { ...scenario, bug }, root, run.commands.length)
}

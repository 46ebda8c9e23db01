/** What `zab explore` does. It is loaded when it is asked for. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Bounds } from '../../../proofs/exploration/bounds.js'
import { boundsOf, fastBoundsOf } from '../../../proofs/exploration/bounds.js'
import { MAXIMAL_SERVERS } from '../../../proofs/exploration/configurations.js'
import type { Exploration, Progress } from '../../../proofs/exploration/explore.js'
import { confirmed, explore, fewerAndFewer } from '../../../proofs/exploration/explore.js'
import type { Reductions } from '../../../proofs/exploration/reductions.js'
import { allReductions, noReductions } from '../../../proofs/exploration/reductions.js'
import type { Rules } from '../../core/rules.js'
import { EXIT } from '../exit-code.js'
import type { Flags } from './flags.js'
import type { Mark, Outcome } from './marks.js'
import { marks, nameOfMark, runMarks } from './marks.js'
import type { Header } from './parallel/checkpoint.js'
import { readHeader } from './parallel/checkpoint.js'
import type { ParallelOptions } from './parallel/explore.js'
import { exploreInParallel } from './parallel/explore.js'
import type { Finished } from './render.js'
import { renderJson, renderText } from './render.js'
import { rulesNamed, variations } from './variations.js'
import type { Watch } from './watch.js'
import { watchFor } from './watch.js'

const exitCodes: Readonly<Record<Exploration['verdict'], number>> = {
  Held: EXIT.held,
  Violated: EXIT.violated,
  Ended: EXIT.budget,
}

export const exploreCommand = async (flags: Flags): Promise<number> => {
  const unwritable = [flags.checkpoint, flags.marks].map(whyUnwritable).find((why) => why !== undefined)
  if (unwritable !== undefined) {
    process.stderr.write(`error: ${unwritable}\n`)
    return EXIT.usage
  }
  if (flags.marks !== undefined) return exploreMarks(flags, flags.marks)
  const plan = flags.resume === undefined ? planOf(flags) : resumedPlan(flags, flags.resume)
  if (typeof plan === 'string') {
    process.stderr.write(`error: ${plan}\n`)
    return EXIT.usage
  }
  const finished = await carryOut(plan, flags)
  process.stdout.write(`${flags.json === true ? renderJson(finished) : renderText(finished)}\n`)
  return exitCodes[finished.exploration.verdict]
}

/** Better now than after hours. */
const whyUnwritable = (folder: string | undefined): string | undefined => {
  if (folder === undefined) return undefined
  try {
    mkdirSync(`${folder}.partial`, { recursive: true })
    rmSync(`${folder}.partial`, { recursive: true })
    return undefined
  } catch (error) {
    return `${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}; choose another folder`
  }
}

// --- plans

/** What is to be explored, and from where. */
interface Plan {
  readonly bounds: Bounds
  readonly rulesName: string | undefined
  readonly reductions: Reductions
  readonly workers: number
  readonly checkpoint: string | undefined
  readonly resume: { readonly folder: string; readonly header: Header } | undefined
}

/** Or what is wrong with the flags. */
const planOf = (flags: Flags): Plan | string => {
  const bounds = boundsOfFlags(flags)
  if (typeof bounds === 'string') return bounds
  if (rulesNamed(flags.rules) === undefined)
    return `no rules '${flags.rules ?? ''}'. There are: ${variations().join(', ')}`
  return {
    bounds,
    rulesName: flags.rules,
    reductions: flags.reductions ? allReductions : noReductions,
    workers: flags.workers,
    checkpoint: flags.checkpoint,
    resume: undefined,
  }
}

/** What the checkpoint is of; bounds and rules among the flags do not matter. */
const resumedPlan = (flags: Flags, folder: string): Plan | string => {
  const header = readHeader(folder)
  if (isLeft(header)) return header.left
  const { version, bounds, rules, reductions, parts } = header.right
  if (version !== projectVersion())
    return `${folder} was written by version ${version}, this is ${projectVersion()}: explore anew`
  return {
    bounds,
    rulesName: rules === 'zab' ? undefined : rules,
    reductions,
    // Each part has its own states.
    workers: parts,
    checkpoint: flags.checkpoint ?? folder,
    resume: { folder, header: header.right },
  }
}

const boundsOfFlags = (flags: Flags): Bounds | string => {
  const { election, elections, leaderships, servers, observers, reconfigureTo, window } = flags
  const wrong = whyNotReconfigured(flags)
  if (wrong !== undefined) return wrong
  const more = {
    ...(observers === 0 ? {} : { observers }),
    ...(reconfigureTo === undefined ? {} : { reconfigureTo }),
    ...(window === undefined ? {} : { window }),
  }
  switch (election) {
    case 'oracle':
      if (elections !== undefined) return '--elections goes with --election fast'
      return { ...boundsOf(flags), ...more, ...(leaderships === undefined ? {} : { leaderships }) }
    case 'fast':
      if (leaderships !== undefined) return '--leaderships goes with --election oracle'
      if (elections !== undefined && elections < servers + observers)
        return 'each server begins to look once: --elections is too small'
      return { ...fastBoundsOf(flags, elections), ...more }
  }
}

/** What is wrong with the flags of reconfigurations. */
const whyNotReconfigured = (flags: Flags): string | undefined => {
  const { election, servers, observers, joiners, reconfigurations, reconfigureTo = [] } = flags
  const all = servers + observers + joiners
  if (reconfigurations === 0) {
    if (joiners > 0) return '--joiners goes with --reconfigurations: without them they would never get a vote'
    return reconfigureTo.length > 0 ? '--reconfigure-to goes with --reconfigurations' : undefined
  }
  if (election === 'fast') return '--reconfigurations goes with --election oracle'
  if (observers > 0) return '--reconfigurations goes without --observers: use --joiners'
  if (all > MAXIMAL_SERVERS) return `with --reconfigurations there may be ${MAXIMAL_SERVERS} servers and joiners in all`
  const stranger = reconfigureTo.flat().find((server) => server > all)
  return stranger === undefined
    ? undefined
    : `--reconfigure-to names server ${stranger}; there are ${all} with the joiners`
}

/** Of package.json, two folders above src/ or dist/src/. */
const projectVersion = (): string => {
  for (const above of ['../../../package.json', '../../../../package.json'])
    try {
      const description: unknown = JSON.parse(readFileSync(new URL(above, import.meta.url), 'utf8'))
      if (typeof description === 'object' && description !== null && 'version' in description)
        return String(description.version)
    } catch {
      continue
    }
  return 'unknown'
}

// --- carrying out

const carryOut = async (plan: Plan, flags: Flags): Promise<Finished> => {
  const begunMs = performance.now()
  const watch = watchFor(flags, !isAlone(plan), plan.checkpoint !== undefined, plan.resume?.header.seconds ?? 0)
  try {
    const exploration = await exploreAll(plan, flags, watch)
    const seconds = (performance.now() - begunMs) / 1000 + (plan.resume?.header.seconds ?? 0)
    return {
      exploration,
      bounds: plan.bounds,
      reductions: plan.reductions !== noReductions,
      rules: plan.rulesName ?? 'zab',
      seconds,
    }
  } finally {
    watch.end()
  }
}

const isAlone = ({ workers, checkpoint }: Plan): boolean => workers === 1 && checkpoint === undefined

/** In this thread if that is enough. What is found is walked again without reductions. */
const exploreAll = async (plan: Plan, flags: Flags, watch: Watch): Promise<Exploration> => {
  const rules = rulesNamed(plan.rulesName)
  if (rules === undefined) throw new RangeError(`no rules ${plan.rulesName ?? ''}`)
  const options = { bounds: plan.bounds, rules, reductions: plan.reductions, maxStates: flags.maxStates }
  if (isAlone(plan)) return explore({ ...options, mayGoOn: (progress: Progress) => watch.wish(progress) === 'go on' })
  for (const reductions of fewerAndFewer(plan.reductions)) {
    const exploration = confirmed(
      options,
      await exploreInParallel(parallelOptions({ ...plan, ...begin(plan, reductions) }, rules, flags, watch)),
    )
    if (exploration !== undefined) return exploration
  }
  throw new Error('a way without reductions cannot be walked again')
}

/** What was put aside is of no use with other reductions. */
const begin = (plan: Plan, reductions: Reductions): Pick<Plan, 'reductions' | 'resume'> => ({
  reductions,
  resume: reductions === plan.reductions ? plan.resume : undefined,
})

const parallelOptions = (plan: Plan, rules: Rules, flags: Flags, watch: Watch): ParallelOptions => ({
  bounds: plan.bounds,
  rules,
  rulesName: plan.rulesName,
  reductions: plan.reductions,
  maxStates: flags.maxStates,
  maxBytes: flags.maxMegabytes * 1e6,
  parts: plan.workers,
  version: projectVersion(),
  mayGoOn: watch.wish,
  ...(plan.checkpoint === undefined
    ? {}
    : { checkpoint: { folder: plan.checkpoint, everySeconds: flags.checkpointEvery } }),
  ...(plan.resume === undefined ? {} : { resume: plan.resume }),
})

// --- marks

const exploreMarks = (flags: Flags, folder: string): Promise<number> =>
  runMarks(marks, folder, {
    say: (line) => process.stdout.write(`${line}\n`),
    explore: async (mark, place) => {
      const plan = planOfMark(mark, flags, place)
      if (typeof plan === 'string') throw new Error(`${nameOfMark(mark)}: ${plan}`)
      const finished = await carryOut(plan, flags)
      const { verdict, states } = finished.exploration
      if (verdict === 'Violated') process.stdout.write(`${renderText(finished)}\n`)
      const outcome: Outcome = { verdict, states }
      return outcome
    },
  })

const planOfMark = ({ bounds }: Mark, flags: Flags, place: string): Plan | string => {
  const [servers, transactions, timeouts, restarts, joiners = 0, reconfigurations = 0] = bounds
  const anew = planOf({
    ...flags,
    servers,
    transactions,
    timeouts,
    restarts,
    joiners,
    reconfigurations,
    checkpoint: place,
  })
  const isThere = !isLeft(readHeader(place))
  return isThere ? resumedPlan({ ...flags, checkpoint: place }, place) : anew
}

/** What `zab explore` does. It is loaded when it is asked for. */
import type { Bounds } from '../../../proofs/exploration/bounds.js'
import { boundsOf, fastBoundsOf } from '../../../proofs/exploration/bounds.js'
import { allReductions, noReductions } from '../../../proofs/exploration/reductions.js'
import type { Exploration, Progress } from '../../../proofs/exploration/explore.js'
import { explore } from '../../../proofs/exploration/explore.js'
import type { Bug } from '../../../proofs/museum/bug.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import type { Rules } from '../../core/rules.js'
import { rules } from '../../core/rules.js'
import { EXIT } from '../exit-code.js'
import type { Flags } from './flags.js'
import { renderJson, renderProgress, renderText } from './render.js'

const REDRAW_MS = 200
const LOG_MS = 10_000
const CLEAR = '\r\u001b[K'

const exitCodes: Readonly<Record<Exploration['verdict'], number>> = {
  Held: EXIT.held,
  Violated: EXIT.violated,
  Ended: EXIT.budget,
}

export const exploreCommand = (flags: Flags): number => {
  const chosen = flags.rules === undefined ? rules : rulesOf(flags.rules)
  if (chosen === undefined) {
    process.stderr.write(`error: no rules '${flags.rules ?? ''}'. There are: ${variations().join(', ')}\n`)
    return EXIT.usage
  }
  const bounds = boundsOfFlags(flags)
  if (typeof bounds === 'string') {
    process.stderr.write(`error: ${bounds}\n`)
    return EXIT.usage
  }
  const begunMs = performance.now()
  const exploration = explore({
    bounds,
    rules: chosen,
    reductions: flags.reductions ? allReductions : noReductions,
    maxStates: flags.maxStates,
    mayGoOn: watch(flags, begunMs),
  })
  if (process.stderr.isTTY) process.stderr.write(CLEAR)
  const seconds = (performance.now() - begunMs) / 1000
  const finished = { exploration, bounds, reductions: flags.reductions, rules: flags.rules ?? 'zab', seconds }
  process.stdout.write(`${flags.json === true ? renderJson(finished) : renderText(finished)}\n`)
  return exitCodes[exploration.verdict]
}

/** Or what is wrong with them. */
const boundsOfFlags = (flags: Flags): Bounds | string => {
  const { election, elections, leaderships, servers } = flags
  switch (election) {
    case 'oracle':
      if (elections !== undefined) return '--elections goes with --election fast'
      return { ...boundsOf(flags), ...(leaderships === undefined ? {} : { leaderships }) }
    case 'fast':
      if (leaderships !== undefined) return '--leaderships goes with --election oracle'
      if (elections !== undefined && elections < servers)
        return 'each server begins to look once: --elections is too small'
      return fastBoundsOf(flags, elections)
  }
}

/** Says how far it is, and tells whether time and memory allow to go on. */
const watch = ({ maxSeconds, maxMegabytes }: Flags, begunMs: number): ((progress: Progress) => boolean) => {
  const { isTTY, columns } = process.stderr
  let shownMs = begunMs
  return (progress) => {
    const nowMs = performance.now()
    const seconds = (nowMs - begunMs) / 1000
    const resident = process.memoryUsage.rss()
    if (nowMs - shownMs >= (isTTY ? REDRAW_MS : LOG_MS)) {
      shownMs = nowMs
      const text = renderProgress(progress, seconds, resident)
      process.stderr.write(isTTY ? `${CLEAR}${text.slice(0, columns - 1)}` : `${text}\n`)
    }
    return seconds < (maxSeconds ?? Infinity) && resident < maxMegabytes * 1e6
  }
}

// --- bugs that are other rules and nothing else

const bugs: Readonly<Record<string, Bug>> = catalogue

const rulesOf = (name: string): Rules | undefined => {
  const variation = Object.hasOwn(bugs, name) ? bugs[name]?.variation : undefined
  return variation?.program === undefined ? variation?.rules : undefined
}

const variations = (): readonly string[] => Object.keys(bugs).filter((name) => rulesOf(name) !== undefined)

/** A log that is bounded a second, in such a way that one noisy kind of line does not drown the others. */
import { limits } from './limits.js'
import type { Log } from './log.js'
import type { Clock } from './timers.js'

type Level = keyof Log

/** In every second. */
export interface LineLimits {
  /** Of each level: information never displaces a warning, nor a warning an error. */
  readonly ofLevel: number
  /** Of each kind within a level. */
  readonly ofKind: number
}

const LIMITS: LineLimits = { ofLevel: limits.logLinesPerSecond, ofKind: limits.logLinesPerKind }

/** Lines are of one kind when they begin alike: what follows a digit or a quotation mark is of this one line. */
const kindOf = (text: string): string => /^[^\d"']*/.exec(text.slice(0, KIND_CHARACTERS))?.[0] ?? ''

const KIND_CHARACTERS = 40

const NONE: Readonly<Record<Level, number>> = { info: 0, warn: 0, error: 0 }

/**
 * Passes what the limits allow in each second of `nowMs`. What is left out is counted, and told when the second is over,
 * whether or not anything else is to be told then.
 */
export const limited = (
  log: Log,
  nowMs: () => number,
  clock: Pick<Clock, 'setTimer'> = unrefClock,
  most: LineLimits = LIMITS,
): Log => {
  let second = 0
  let passed = { ...NONE }
  let leftOut = { ...NONE }
  /** As many as lines have passed, at most. */
  let kinds = new Map<string, number>()

  const turnTo = (current: number): void => {
    if (current === second) return
    second = current
    passed = { ...NONE }
    kinds = new Map()
    tellLeftOut()
  }
  const tellLeftOut = (): void => {
    const counts = leftOut
    const told = (['error', 'warn', 'info'] as const).filter((level) => counts[level] > 0)
    if (told.length === 0) return
    leftOut = { ...NONE }
    const what = told.map((level) => `${counts[level]} of level ${level}`).join(', ')
    const reason = `more than ${most.ofLevel} of a level, or ${most.ofKind} of a kind, in a second`
    log[counts.error > 0 ? 'error' : 'warn'](`log lines left out: ${what} (${reason})`)
  }
  const currentSecond = (): number => Math.floor(nowMs() / 1000)

  const pass = (level: Level, text: string): void => {
    turnTo(currentSecond())
    const kind = `${level} ${kindOf(text)}`
    const ofKind = (kinds.get(kind) ?? 0) + 1
    if (passed[level] < most.ofLevel && ofKind <= most.ofKind) {
      passed[level] += 1
      kinds.set(kind, ofKind)
      return log[level](text)
    }
    if (Object.values(leftOut).every((count) => count === 0)) clock.setTimer(tellLeftOut, 1000 - (nowMs() % 1000))
    leftOut[level] += 1
  }
  return {
    info: (text) => pass('info', text),
    warn: (text) => pass('warn', text),
    error: (text) => pass('error', text),
  }
}

/** Does not keep the process alive. */
const unrefClock: Pick<Clock, 'setTimer'> = {
  setTimer: (run, afterMs) => setTimeout(run, afterMs).unref(),
}

/** A position in the search for an order: so far has each lane come, and this is the state of the service. */
import * as Z from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import { makeService, showResult } from '../service.js'
import type { Call } from './history.js'
import type { Lane, Step, Turn } from './lanes.js'
import { LANES_A_SESSION } from './lanes.js'
import { makeMinimum } from './minimum.js'
import { makeWaiting } from './waiting.js'
import { withoutZxids } from './without-zxids.js'

export interface Crossing {
  readonly isThrough: () => boolean
  /** How many steps that were surely done have been done. */
  readonly done: () => number
  /** A step that can only help: it matches and changes nothing, and leaves no write out. */
  readonly free: () => Turn | undefined
  /** All that might be done next: first what surely was, the first to return first. */
  readonly choices: () => readonly Turn[]
  readonly make: (turn: Turn) => boolean
  readonly takeBack: () => void
  readonly key: () => string
  /** The calls at which the sessions stood when the most had been done. */
  readonly stuckAt: () => readonly Call[]
}

interface Made {
  readonly lane: number
  readonly from: number
  readonly mark: number
}

/** @param unborn sessions that exist from the outset */
export const makeCrossing = (lanes: readonly Lane[], unborn: readonly SessionId[]): Crossing => {
  const service = makeService()
  for (const session of unborn) service.execute(session, { op: 'createSession', timeoutMs: 0 }, Z.ZERO)
  const at = lanes.map(() => 0)
  const earliest = makeMinimum(lanes.map(({ firstReturn }) => firstReturn[0] ?? Infinity))
  const waiting = makeWaiting(lanes.length)
  const past: Made[] = []
  const total = lanes.reduce((sum, { steps }) => sum + steps.filter((step) => !step.isOptional).length, 0)
  let done = 0
  let farthest = -1
  let stuckAt: readonly Call[] = []

  const headOf = (lane: number): Step | undefined => lanes[lane]?.steps[at[lane] ?? 0]
  const comeTo = (lane: number, step: number): void => {
    at[lane] = step
    earliest.set(lane, lanes[lane]?.firstReturn[step] ?? Infinity)
    waiting.stand(lane, headOf(lane)?.touched ?? [])
  }
  /** Whatever returned before it was invoked has been done, and what its session has to do first. */
  const mayBegin = ({ invoked, after }: Step): boolean =>
    earliest.least() >= invoked && (after === undefined || (at[after.lane] ?? 0) >= after.step)

  /** The mark before it was done; undefined: it does not match, and nothing has changed. */
  const execute = (session: SessionId, step: Step): number | undefined => {
    const mark = service.mark()
    const result = service.execute(session, step.operation, Z.ZERO)
    const isUseless = step.isOptional && service.mark() === mark
    const isWrong = step.answer !== undefined && showResult(withoutZxids(result)) !== step.answer
    if (!isUseless && !isWrong) return mark
    service.undo(mark)
    return undefined
  }

  const make = ({ lane, step: to }: Turn): boolean => {
    const step = lanes[lane]?.steps[to]
    const session = lanes[lane]?.session
    if (step === undefined || session === undefined || !mayBegin(step)) return false
    const mark = execute(session, step)
    if (mark === undefined) return false
    const former = earliest.least()
    past.push({ lane, from: at[lane] ?? 0, mark })
    comeTo(lane, to + 1)
    if (service.mark() !== mark) waiting.wake(step.touched)
    if (earliest.least() !== former) waiting.wakeBlocked()
    const first = lane - (lane % LANES_A_SESSION)
    for (let own = first; own < first + LANES_A_SESSION; own += 1) waiting.wakeLane(own)
    if (!step.isOptional) done += 1
    if (done > farthest) {
      farthest = done
      stuckAt = []
    }
    return true
  }

  const takeBack = (): void => {
    const made = past.pop()
    if (made === undefined) return
    if (lanes[made.lane]?.steps[(at[made.lane] ?? 0) - 1]?.isOptional === false) done -= 1
    comeTo(made.lane, made.from)
    service.undo(made.mark)
  }

  const isFree = (lane: number): boolean => {
    const step = headOf(lane)
    const session = lanes[lane]?.session
    if (step === undefined || session === undefined || step.isOptional) return false
    if (!mayBegin(step)) {
      waiting.block(lane)
      return false
    }
    const mark = execute(session, step)
    if (mark === undefined) return false
    const hasChanged = service.mark() !== mark
    service.undo(mark)
    return !hasChanged
  }

  const choices = (): readonly Turn[] => {
    if (done === farthest && stuckAt.length === 0) stuckAt = standing(lanes, at)
    const sure: (Turn & { readonly returned: number })[] = []
    const optional: Turn[] = []
    for (const [lane, { steps }] of lanes.entries())
      for (let step = at[lane] ?? 0; step < steps.length; step += 1) {
        const next = steps[step]
        if (next?.isOptional === true) optional.push({ lane, step })
        if (next?.isOptional !== false) continue
        // Behind it nothing can be done; what lies before it may be left out.
        if (mayBegin(next)) sure.push({ lane, step, returned: next.returned })
        break
      }
    return [...sure.sort((first, second) => first.returned - second.returned), ...optional]
  }

  for (const lane of lanes.keys()) {
    comeTo(lane, 0)
    waiting.wakeLane(lane)
  }
  return {
    isThrough: () => done === total,
    done: () => done,
    free: () => {
      const lane = waiting.find(isFree)
      return lane === undefined ? undefined : { lane, step: at[lane] ?? 0 }
    },
    choices,
    make,
    takeBack,
    key: () => `${at.join()}|${service.show()}`,
    stuckAt: () => stuckAt,
  }
}

/** Of each lane, the next call that was surely done. */
const standing = (lanes: readonly Lane[], at: readonly number[]): readonly Call[] =>
  lanes.flatMap(({ steps }, lane) => {
    let next = at[lane] ?? 0
    while (steps[next]?.isOptional === true) next += 1
    const call = steps[next]?.call
    return call === undefined ? [] : [call]
  })

/** The clocks of one machine: they drift, and the wall clock jumps. The monotonic one never goes back, nor stands still. */
import type { Now } from '../../src/server/event.js'

export interface MachineClock {
  readonly now: () => Now
  /** From a length of time on this machine to one of the world. */
  readonly worldMs: (localMs: number) => number
  /** From now on it runs so many thousandths as fast as it should. */
  readonly drift: (permille: number) => void
  readonly jump: (ms: number) => void
  /** The wall clock as a process reads it when it starts: later than at any start before. */
  readonly startMs: () => number
}

const RIGHT = 1000

/** A clock that shows `wallMs` on the wall at world time 0. */
export const makeMachineClock = (worldNowMs: () => number, wallMs: number): MachineClock => {
  let permille = RIGHT
  /** Monotonic time when the rate was last set, and when that was. */
  let monotonicMs = 0
  let sinceMs = 0
  let offsetMs = wallMs
  let lastStartMs = 0

  const monotonic = (): number => monotonicMs + Math.floor(((worldNowMs() - sinceMs) * permille) / RIGHT)

  return {
    now: () => {
      const nowMs = monotonic()
      return { wallMs: offsetMs + nowMs, monotonicMs: nowMs }
    },
    worldMs: (localMs) => (permille === RIGHT ? localMs : Math.max(1, Math.round((localMs * RIGHT) / permille))),
    drift: (next) => {
      monotonicMs = monotonic()
      sinceMs = worldNowMs()
      permille = next
    },
    jump: (ms) => {
      offsetMs += ms
    },
    startMs: () => {
      lastStartMs = Math.max(lastStartMs + 1, offsetMs + monotonic())
      return lastStartMs
    },
  }
}

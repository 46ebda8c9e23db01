/** The timers of one process, by name, on a clock that may drift, and that may stall. */
import type { ServerTimer } from '../../src/server/event.js'

export interface TimersHost {
  readonly nowMs: () => number
  readonly schedule: (afterMs: number, run: () => void) => void
  /** From a length of time on this machine to one of the world. */
  readonly worldMs: (localMs: number) => number
  readonly whenAwake: (run: () => void) => void
  readonly fired: (timer: ServerTimer) => void
}

export interface Timers {
  readonly set: (timer: ServerTimer, afterMs: number) => void
  readonly cancel: (timer: ServerTimer) => void
  readonly clear: () => void
  /** None fires before so many milliseconds of the world have passed. */
  readonly stallFor: (ms: number) => void
}

export const makeTimers = (host: TimersHost): Timers => {
  let count = 0
  let stalledUntilMs = 0
  const numbers = new Map<ServerTimer, number>()

  const fire = (timer: ServerTimer, number: number): void => {
    if (numbers.get(timer) !== number) return
    if (stalledUntilMs > host.nowMs()) {
      host.schedule(stalledUntilMs - host.nowMs(), () => {
        fire(timer, number)
      })
      return
    }
    host.whenAwake(() => {
      if (numbers.get(timer) !== number) return
      numbers.delete(timer)
      host.fired(timer)
    })
  }

  return {
    set: (timer, afterMs) => {
      count += 1
      const number = count
      numbers.set(timer, number)
      host.schedule(host.worldMs(afterMs), () => {
        fire(timer, number)
      })
    },
    cancel: (timer) => {
      numbers.delete(timer)
    },
    clear: () => {
      numbers.clear()
    },
    stallFor: (ms) => {
      stalledUntilMs = host.nowMs() + ms
    },
  }
}

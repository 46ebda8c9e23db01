/** Simulated time: a heap of things to do, taken in order of time, then of their making. */

interface Due {
  readonly atMs: number
  readonly sequence: number
  readonly run: () => void
}

export interface Clock {
  readonly nowMs: () => number
  readonly schedule: (afterMs: number, run: () => void) => void
  /** Runs the next thing that is due until `untilMs` and sets the time to it; false, with time at `untilMs`, when none is. */
  readonly runNext: (untilMs: number) => boolean
}

const isSooner = (first: Due, second: Due): boolean =>
  first.atMs === second.atMs ? first.sequence < second.sequence : first.atMs < second.atMs

export const makeClock = (): Clock => {
  const heap: Due[] = []
  let now = 0
  let sequence = 0

  const schedule = (afterMs: number, run: () => void): void => {
    sequence += 1
    siftUp(heap, { atMs: now + afterMs, sequence, run })
  }

  const runNext = (untilMs: number): boolean => {
    const due = heap[0]
    if (due === undefined || due.atMs > untilMs) {
      now = Math.max(now, untilMs)
      return false
    }
    const last = heap.pop()
    if (last !== undefined && last !== due) siftDown(heap, last)
    now = due.atMs
    due.run()
    return true
  }

  return { nowMs: () => now, schedule, runNext }
}

const siftUp = (heap: Due[], due: Due): void => {
  let index = heap.length
  while (index > 0) {
    const parentIndex = (index - 1) >> 1
    const parent = heap[parentIndex]
    if (parent === undefined || isSooner(parent, due)) break
    heap[index] = parent
    index = parentIndex
  }
  heap[index] = due
}

/** Puts `due` in the place of the root. */
const siftDown = (heap: Due[], due: Due): void => {
  let index = 0
  for (;;) {
    const left = heap[2 * index + 1]
    const right = heap[2 * index + 2]
    if (left === undefined) break
    const isRight = right !== undefined && isSooner(right, left)
    const child = isRight ? right : left
    if (isSooner(due, child)) break
    heap[index] = child
    index = 2 * index + (isRight ? 2 : 1)
  }
  heap[index] = due
}

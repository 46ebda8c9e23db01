/**
 * One thread's part of an exploration. All parts go level by level: each leaves its states, passes on what belongs to
 * others, and waits until all have done so. So what is in a level, and every count, is the same for any number of parts.
 */
import type { Ensemble } from '../ensemble.js'
import type { Found, Share } from '../share.js'
import { makeShare } from '../share.js'
import type { RingMemory } from './ring.js'
import { drainRows, pushRow } from './ring.js'

// --- model

/** What the parts share beside the tables. */
export interface Meeting {
  /** See the places below. */
  readonly control: Int32Array
  /** `rings[from][to]`. */
  readonly rings: readonly (readonly RingMemory[])[]
  /** For each part: states, transitions, queue, bytes. */
  readonly figures: Float64Array
}

/** Places in the control memory. */
const ARRIVED = 0
const ROUND = 1
/** Not 0: end at once. */
const STOP = 2
const LEVEL = 3
/** States of the level in all parts. */
const STATES = 4
/** Not 0: all parts end before the level. */
const DECISION = 5

export const FIGURES = 4

/** Why an exploration has ended before its end. */
export const REASONS = { none: 0, asked: 1, full: 2, violated: 3, checkpoint: 4 } as const
export type Reason = (typeof REASONS)[keyof typeof REASONS]

export const makeMeeting = (rings: Meeting['rings']): Meeting => ({
  control: new Int32Array(new SharedArrayBuffer(32)),
  rings,
  figures: new Float64Array(new SharedArrayBuffer(8 * FIGURES * rings.length)),
})

/** The first reason counts; for a checkpoint any other one is more important. */
export const stop = ({ control }: Meeting, reason: Reason): void => {
  const former = Atomics.compareExchange(control, STOP, REASONS.none, reason)
  if (former === REASONS.checkpoint && reason !== REASONS.checkpoint) Atomics.store(control, STOP, reason)
}

/** After all parts have ended before a level: so that they may go on. */
export const clearStop = ({ control }: Meeting): void => {
  Atomics.store(control, STOP, REASONS.none)
}

export const reasonOf = ({ control }: Meeting): number => Atomics.load(control, STOP)

/** All parts end at once, wherever they are. */
const isOver = (meeting: Meeting): boolean => {
  const reason = reasonOf(meeting)
  return reason !== REASONS.none && reason !== REASONS.checkpoint
}

/** Every state was seen. Parts that had to end at once may not have met, and then the sum says nothing. */
export const isComplete = (meeting: Meeting): boolean => !isOver(meeting) && Atomics.load(meeting.control, STATES) === 0

export const levelOf = ({ control }: Meeting): number => Atomics.load(control, LEVEL)
export const setLevel = ({ control }: Meeting, level: number): void => {
  Atomics.store(control, LEVEL, level)
}

export interface Part {
  readonly share: Share
  /** Until every state was seen, or somebody stops it. */
  readonly run: () => void
}

/** Numbers of a passed row after the state: the fingerprint, the parent and the step. */
const EXTRA = 4
const WAIT_MS = 1
const LOOK_EVERY = 64

export const rowWidth = (ensembleWidth: number): number => ensembleWidth + EXTRA

// --- operations

/** `report` gets what is objected to. */
export const makePart = (
  ensemble: Ensemble,
  meeting: Meeting,
  index: number,
  maxStates: number,
  subsumes: boolean,
  report: (found: Found) => void,
): Part => {
  const { control, rings, figures } = meeting
  const count = rings.length
  const { width } = ensemble
  const outgoing = new Int32Array(rowWidth(width))
  const incoming = new Int32Array(rowWidth(width))
  const state = incoming.subarray(0, width)
  const inboxes = rings.flatMap((to, from) => (from === index ? [] : (to[index] ?? [])))

  const drain = (): void => {
    for (const inbox of inboxes) drainRows(inbox, incoming, receive)
  }
  const receive = (): void => {
    const [high = 0, low = 0, parent = 0, step = 0] = incoming.subarray(width)
    share.accept(state, high, low, parent, step)
  }

  const share = makeShare({
    ensemble,
    index,
    count,
    maxStates,
    subsumes,
    pass: (to, row, high, low, parent, step) => {
      const ring = rings[index]?.[to]
      if (ring === undefined) throw new RangeError(`there is no part ${to}`)
      outgoing.set(row)
      outgoing[width] = high
      outgoing[width + 1] = low
      outgoing[width + 2] = parent
      outgoing[width + 3] = step
      // The other one may itself be waiting for room here.
      while (!pushRow(ring, outgoing)) {
        drain()
        if (isOver(meeting)) return
      }
    },
  })

  /** Waits until all parts are here; meanwhile takes what they pass on. */
  const meet = (): void => {
    const round = Atomics.load(control, ROUND)
    if (Atomics.add(control, ARRIVED, 1) === count - 1) {
      Atomics.store(control, ARRIVED, 0)
      Atomics.add(control, ROUND, 1)
      Atomics.notify(control, ROUND)
      return
    }
    while (Atomics.load(control, ROUND) === round && !isOver(meeting)) {
      drain()
      Atomics.wait(control, ROUND, round, WAIT_MS)
    }
  }

  const tell = (left: number): void => {
    figures.set([share.seen.size(), share.transitions(), left + share.found(), share.bytes()], FIGURES * index)
  }

  const leaveAll = (): void => {
    for (let place = 0; place < share.length(); place += 1) {
      if (place % LOOK_EVERY === 0) {
        if (isOver(meeting)) return
        drain()
        tell(share.length() - place)
      }
      share.leave(place)
      const found = share.objection()
      if (found !== undefined) {
        report(found)
        return stop(meeting, REASONS.violated)
      }
      if (share.isFull()) return stop(meeting, REASONS.full)
    }
  }

  const run = (): void => {
    for (;;) {
      // All have drained what was passed to them before anybody looks how much there is.
      meet()
      if (index === 0) Atomics.store(control, STATES, 0)
      meet()
      Atomics.add(control, STATES, share.length())
      // One decides for all, so that all go on or none does.
      if (index === 0) Atomics.store(control, DECISION, reasonOf(meeting))
      meet()
      tell(share.length())
      if (Atomics.load(control, STATES) === 0 || Atomics.load(control, DECISION) !== REASONS.none) return
      leaveAll()
      meet()
      drain()
      if (share.isFull()) stop(meeting, REASONS.full)
      meet()
      if (isOver(meeting)) return tell(share.length())
      share.advance()
      if (index === 0) Atomics.add(control, LEVEL, 1)
    }
  }

  return { share, run }
}

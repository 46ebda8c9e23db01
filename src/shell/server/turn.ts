/**
 * One turn of the event loop: everything that the kernel has brought is handled first, then all that is to be written
 * is written, one write a socket.
 *
 * `setImmediate` runs right after the loop has polled for input, so that one flush follows all sockets of one poll. One
 * write for many messages is what makes a pipelined server fast: a write costs as much as handling dozens of requests.
 */
import type { Now } from '../../server/event.js'

export interface Flushable {
  readonly flush: () => void
}

export interface Turn {
  /** Flushed once, at the end of this turn. Called once a turn for each output: the output remembers. */
  readonly add: (output: Flushable) => void
  /** The clocks, read once a turn. */
  readonly now: () => Now
}

const readClocks = (): Now => ({ wallMs: Date.now(), monotonicMs: performance.now() })

/** @param schedule runs its argument at the end of the turn */
export const makeTurn = (
  schedule: (run: () => void) => unknown = setImmediate,
  clocks: () => Now = readClocks,
): Turn => {
  let outputs: Flushable[] = []
  let now: Now | undefined
  let scheduled = false

  const end = (): void => {
    scheduled = false
    now = undefined
    const flushed = outputs
    outputs = []
    for (const output of flushed) output.flush()
  }
  const begin = (): void => {
    if (scheduled) return
    scheduled = true
    schedule(end)
  }
  return {
    add: (output) => {
      outputs.push(output)
      begin()
    },
    now: () => {
      if (now === undefined) {
        now = clocks()
        begin()
      }
      return now
    },
  }
}

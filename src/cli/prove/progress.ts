/** How far the proof is, and about how long it will take: one line redrawn on a terminal, a line now and then elsewhere. */
import type { Output } from '../bench/progress.js'

export interface Countdown {
  /** One more is done. */
  readonly done: () => void
  readonly end: () => void
}

const REDRAW_MS = 200
const LOG_MS = 10_000
const CLEAR = '\r\u001b[K'

export const countDown = (
  output: Output & { readonly isTTY?: boolean },
  what: string,
  total: number,
  clockMs: () => number,
): Countdown => {
  const isTerminal = output.isTTY === true
  const begunMs = clockMs()
  let shownMs = begunMs
  let count = 0
  return {
    done: () => {
      count += 1
      const nowMs = clockMs()
      if (nowMs - shownMs < (isTerminal ? REDRAW_MS : LOG_MS)) return
      shownMs = nowMs
      const leftSeconds = Math.ceil((((nowMs - begunMs) / count) * (total - count)) / 1000)
      // The first ones may be anything.
      const estimate = count * 10 < total ? '' : `, about ${leftSeconds} s left`
      const text = `${what}: ${count} of ${total}${estimate}`
      output.write(isTerminal ? `${CLEAR}${text.slice(0, (output.columns ?? 80) - 1)}` : `${text}\n`)
    },
    end: () => {
      if (isTerminal) output.write(CLEAR)
    },
  }
}

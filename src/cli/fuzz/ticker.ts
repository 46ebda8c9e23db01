/** How far a campaign is: one line redrawn on a terminal, a line now and then elsewhere. */
import type { Progress } from '../../../model/fuzz/campaign.js'

export interface Ticker {
  readonly tick: (progress: Progress) => void
  readonly end: () => void
}

const REDRAW_MS = 200
const LOG_MS = 30_000
const CLEAR = '\r\u001b[K'

export const makeTicker = (
  output: { readonly isTTY?: boolean; readonly write: (text: string) => unknown },
  budgetMs: number,
  clockMs: () => number = () => performance.now(),
): Ticker => {
  const isTerminal = output.isTTY === true
  const begunMs = clockMs()
  let shownMs = begunMs
  return {
    tick: ({ cases, steps, commits }) => {
      const nowMs = clockMs()
      if (nowMs - shownMs < (isTerminal ? REDRAW_MS : LOG_MS)) return
      shownMs = nowMs
      const seconds = Math.round((nowMs - begunMs) / 1000)
      const text = `${seconds} of ${Math.round(budgetMs / 1000)} s: ${cases} schedules, ${steps} steps, ${commits} commits`
      output.write(isTerminal ? `${CLEAR}${text}` : `${text}\n`)
    },
    end: () => {
      if (isTerminal) output.write(CLEAR)
    },
  }
}

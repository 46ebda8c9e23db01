/** Says how far an exploration is, and tells whether time, memory and the user allow to go on. */
import type { Progress } from '../../../proofs/exploration/explore.js'
import type { ParallelOptions } from './parallel/explore.js'
import type { Flags } from './flags.js'
import { renderProgress } from './render.js'

const REDRAW_MS = 200
const LOG_MS = 10_000
const CLEAR = '\r\u001b[K'

export interface Watch {
  readonly wish: ParallelOptions['mayGoOn']
  readonly end: () => void
}

/**
 * `isElsewhere`: other threads explore. `canPause`: what is asked to end, by the clock, by its memory or by Ctrl-C, ends with the level and is put aside; a second
 * Ctrl-C ends it at once. `before`: seconds that it has taken already.
 */
export const watchFor = (
  { maxSeconds, maxMegabytes }: Flags,
  isElsewhere: boolean,
  canPause: boolean,
  before: number,
): Watch => {
  const { isTTY, columns } = process.stderr
  const begunMs = performance.now()
  let shownMs = begunMs
  let interrupts = 0

  const interrupt = (): void => {
    interrupts += 1
    if (canPause && interrupts === 1)
      process.stderr.write(
        `${isTTY ? CLEAR : ''}will be put aside at the end of this level; once more to end at once\n`,
      )
  }
  // In one thread nobody would be there to hear the signal: it ends the process, as usual.
  const signals = isElsewhere ? (['SIGINT', 'SIGTERM'] as const) : []
  for (const signal of signals) process.on(signal, interrupt)

  const show = (progress: Progress, nowMs: number): void => {
    if (nowMs - shownMs < (isTTY ? REDRAW_MS : LOG_MS)) return
    shownMs = nowMs
    const text = renderProgress(progress, before + (nowMs - begunMs) / 1000, process.memoryUsage.rss())
    process.stderr.write(isTTY ? `${CLEAR}${text.slice(0, columns - 1)}` : `${text}\n`)
  }

  return {
    wish: (progress) => {
      const nowMs = performance.now()
      show(progress, nowMs)
      if (interrupts > (canPause ? 1 : 0)) return 'end'
      const isOver = (nowMs - begunMs) / 1000 >= (maxSeconds ?? Infinity) || interrupts > 0
      const isLarge = process.memoryUsage.rss() >= maxMegabytes * 1e6
      return !isOver && !isLarge ? 'go on' : canPause ? 'pause' : 'end'
    },
    end: () => {
      for (const signal of signals) process.off(signal, interrupt)
      if (isTTY) process.stderr.write(CLEAR)
    },
  }
}

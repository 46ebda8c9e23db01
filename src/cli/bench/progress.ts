/** How far it is: one line redrawn on a terminal, a line for each step elsewhere. */
export interface Progress {
  /** A new step begins. */
  readonly step: (text: string) => void
  /** Within the step. */
  readonly tick: (text: string) => void
  /** Stays to be read. */
  readonly note: (text: string) => void
  readonly end: () => void
}

export interface Output {
  readonly write: (text: string) => unknown
  readonly columns?: number
}

const CLEAR = '\r\u001b[K'

export const makeProgress = (output: Output, isTerminal: boolean): Progress => {
  if (!isTerminal) {
    const print = (text: string): unknown => output.write(`${text}\n`)
    return { step: print, tick: () => undefined, note: print, end: () => undefined }
  }
  let current = ''
  // A line that wraps could not be redrawn.
  const draw = (text: string): unknown => output.write(`${CLEAR}${text.slice(0, (output.columns ?? 80) - 1)}`)
  return {
    step: (text) => {
      current = text
      draw(current)
    },
    tick: (text) => draw(`${current}: ${text}`),
    note: (text) => {
      output.write(`${CLEAR}${text}\n`)
      draw(current)
    },
    end: () => output.write(CLEAR),
  }
}

/** A sentence that a stranger can cause as often as it likes, said once a second at most. */

/** Passes the first text of each second of `nowMs`; the next one says how many were left out. */
export const rarely = (say: (text: string) => void, nowMs: () => number): ((text: string) => void) => {
  let second = -1
  let leftOut = 0
  return (text) => {
    const current = Math.floor(nowMs() / 1000)
    if (current === second) {
      leftOut += 1
      return
    }
    say(leftOut === 0 ? text : `${text}; ${leftOut} more before`)
    second = current
    leftOut = 0
  }
}

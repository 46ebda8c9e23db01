/** Waiting for a condition, with a bound. Nothing else in these tests waits for time to pass. */
import { setTimeout as pause } from 'node:timers/promises'

const POLL_MS = 20

/** A generous bound for everything that takes a few seconds on a quiet machine. */
export const PATIENCE_MS = 60_000

/** Resolves to the first defined value of `look`; rejects with `what` and the last problem after `limitMs`. */
export const until = async <A>(
  what: string,
  look: () => A | undefined | Promise<A | undefined>,
  limitMs = PATIENCE_MS,
): Promise<A> => {
  const deadline = performance.now() + limitMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`after ${limitMs} ms still waiting until ${what}`)
    await pause(POLL_MS)
  }
}

/** Resolves once `holds` does. */
export const untilTrue = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = PATIENCE_MS,
): Promise<void> => {
  await until(what, async () => ((await holds()) ? true : undefined), limitMs)
}

/** The value of a promise, or a rejection that says what was waited for. */
export const within = <A>(what: string, promise: Promise<A>, limitMs = PATIENCE_MS): Promise<A> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`after ${limitMs} ms still waiting for ${what}`)), limitMs)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })

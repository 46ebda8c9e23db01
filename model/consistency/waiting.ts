/** Who may go on, after something has changed? Lanes wait for names; which of them is worth a look is told, not sought. */
export interface Waiting {
  /** The lane waits for these names from now on. */
  readonly stand: (lane: number, names: readonly string[]) => void
  /** Something of these names has changed. */
  readonly wake: (names: readonly string[]) => void
  readonly wakeLane: (lane: number) => void
  /** The lane waits for time to go on. */
  readonly block: (lane: number) => void
  /** Time has gone on. */
  readonly wakeBlocked: () => void
  /** The first woken lane that may go on; those that may not sleep again. */
  readonly find: (mayGoOn: (lane: number) => boolean) => number | undefined
}

/** @param count of lanes */
export const makeWaiting = (count: number): Waiting => {
  const waiters = new Map<string, Set<number>>()
  const names: (readonly string[])[] = Array.from({ length: count }, () => [])
  const woken = new Set<number>()
  const blocked = new Set<number>()
  return {
    stand: (lane, next) => {
      for (const name of names[lane] ?? []) waiters.get(name)?.delete(lane)
      names[lane] = next
      for (const name of next) {
        const lanes = waiters.get(name) ?? new Set()
        waiters.set(name, lanes.add(lane))
      }
    },
    wake: (changed) => {
      for (const name of changed) for (const lane of waiters.get(name) ?? []) woken.add(lane)
    },
    wakeLane: (lane) => {
      woken.add(lane)
    },
    block: (lane) => {
      blocked.add(lane)
    },
    wakeBlocked: () => {
      for (const lane of blocked) woken.add(lane)
      blocked.clear()
    },
    find: (mayGoOn) => {
      for (const lane of woken) {
        if (mayGoOn(lane)) return lane
        woken.delete(lane)
      }
      return undefined
    },
  }
}

/**
 * Memory that strangers share: each takes what it takes, and together they take no more than so much. At the bound the
 * one that has most gives way, so that one client cannot make the others pay.
 */

export interface Budget<H> {
  /** From now on the holder takes this many bytes. */
  readonly set: (holder: H, bytes: number) => void
  readonly total: () => number
}

/** @param exceeded the largest holder has to go; it counts for nothing from now on */
export const makeBudget = <H>(maximumBytes: number, exceeded: (largest: H) => void): Budget<H> => {
  const held = new Map<H, number>()
  let total = 0

  const set = (holder: H, bytes: number): void => {
    const before = held.get(holder) ?? 0
    if (bytes === before) return
    total += bytes - before
    if (bytes === 0) held.delete(holder)
    else held.set(holder, bytes)
    if (total > maximumBytes && bytes > before) drop()
  }

  const drop = (): void => {
    let largest: H | undefined
    let most = 0
    for (const [holder, bytes] of held) if (bytes > most) [largest, most] = [holder, bytes]
    if (largest === undefined) return
    set(largest, 0)
    exceeded(largest)
  }

  return { set, total: () => total }
}

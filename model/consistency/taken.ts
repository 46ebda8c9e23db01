/** Which zxids are those of answered writes, and which are free? */
import * as Z from '../../src/core/zxid.js'
import type { Answered } from './history.js'
import { byZxid } from './history.js'
import { firstIndex } from './lists.js'

export interface Taken {
  readonly has: (zxid: Z.Zxid) => boolean
  /** The first zxid after this one that is not taken. */
  readonly freeAfter: (zxid: Z.Zxid) => Z.Zxid
}

/** n log n to make, log n a question. */
export const takenBy = (writes: readonly Answered[]): Taken => {
  const zxids = writes.toSorted(byZxid).map(({ outcome }) => outcome.zxid)
  /** Of each: the first free one after it. */
  const free: Z.Zxid[] = []
  for (let at = zxids.length - 1; at >= 0; at -= 1) {
    const zxid = zxids[at] ?? Z.ZERO
    const following = zxids[at + 1]
    const isRun = following !== undefined && !Z.isAfter(following, Z.next(zxid))
    free[at] = (isRun ? free[at + 1] : undefined) ?? Z.next(zxid)
  }
  const indexOf = (zxid: Z.Zxid): number => firstIndex(zxids, (other) => !Z.isBefore(other, zxid))
  const isAt = (index: number, zxid: Z.Zxid): boolean => {
    const other = zxids[index]
    return other !== undefined && Z.equals(other, zxid)
  }
  return {
    has: (zxid) => isAt(indexOf(zxid), zxid),
    freeAfter: (zxid) => {
      const following = Z.next(zxid)
      const index = indexOf(following)
      return isAt(index, following) ? (free[index] ?? following) : following
    },
  }
}

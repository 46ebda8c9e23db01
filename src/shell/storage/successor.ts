import type { Zxid } from '../../core/zxid.js'

/**
 * May `next` come right after `previous` in a history? BCAST-1: within an epoch zxids grow by one, and the first of an
 * epoch has counter 1. `previous` may be ⟨e, 0⟩, which no record carries.
 */
export const follows = (previous: Zxid, next: Zxid): boolean =>
  next.epoch === previous.epoch
    ? next.counter === previous.counter + 1
    : next.epoch > previous.epoch && next.counter === 1

/** All checkers of client histories together. */
import type { History } from './history.js'
import { checkPositions } from './reads.js'
import { checkResults } from './replay.js'
import { checkEphemerals } from './sessions.js'
import type { Verdict } from './verdict.js'
import { all } from './verdict.js'
import { checkWriteOrder } from './writes.js'

/** Linearizable writes, OSC(U) reads, session order, ephemerals. Held never means more than: nothing was found. */
export const checkHistory = (history: History): Verdict =>
  all([checkWriteOrder(history), checkPositions(history), checkEphemerals(history), checkResults(history)])

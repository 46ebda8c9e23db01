/**
 * The replicated state: tree, sessions, and the zxid up to which they include every transaction.
 * (Contract; the operations follow.)
 */
import type { Zxid } from '../core/zxid.js'

export interface Database {
  readonly lastProcessed: Zxid
}

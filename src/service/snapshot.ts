/** The parts of a state image, in the order in which they are written: sessions, then nodes, parents before children. */
import type { Acl } from './acl.js'
import type { SessionId } from './session.js'
import type { PersistedStat } from './stat.js'

export type SnapshotItem =
  | { readonly kind: 'session'; readonly id: SessionId; readonly timeoutMs: number }
  | {
      readonly kind: 'node'
      /** The root is the empty string. */
      readonly path: string
      readonly data: Uint8Array | null
      /** Empty: the node has no list (as Java stores aclId −1 for world:anyone ALL, that list is written out here). */
      readonly acl: readonly Acl[]
      readonly stat: PersistedStat
    }

/** The request that puts the watches of a client back on a new connection. SESS-6. */
import type { Zxid } from '../../src/core/zxid.js'
import type { Request } from '../../src/service/request.js'

/** Paths that are watched: nodes that were there, nodes that were not, children. */
export type Watched = Readonly<Record<'data' | 'exist' | 'child', Pick<ReadonlyMap<string, unknown>, 'size' | 'keys'>>>

/** None when nothing is watched. */
export const setWatches = ({ data, exist, child }: Watched, lastZxidSeen: Zxid): Request | undefined =>
  data.size + exist.size + child.size === 0
    ? undefined
    : {
        op: 'setWatches',
        relativeZxid: lastZxidSeen,
        dataWatches: [...data.keys()],
        existWatches: [...exist.keys()],
        childWatches: [...child.keys()],
      }

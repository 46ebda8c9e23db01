/** A fold that keeps the items of an image, so that decoders are tested without the service. */
import { right } from 'fp-ts/lib/Either.js'
import type { Zxid } from '../../src/core/zxid.js'
import type { Database } from '../../src/service/database.js'
import type { SnapshotFold, SnapshotItem } from '../../src/service/snapshot.js'

export interface Collected {
  readonly lastProcessed: Zxid
  readonly items: readonly SnapshotItem[]
}

export const itemsFold: SnapshotFold<Collected, SnapshotItem[]> = {
  start: () => [],
  add: (items, item) => {
    items.push(item)
    return items
  },
  finish: (items, lastProcessed) => right({ lastProcessed, items }),
}

/** For packets, which hold a database: decoders hand it on and never look into it. */
export const collectingFold: SnapshotFold<Database, SnapshotItem[]> = {
  ...itemsFold,
  // Nothing looks into it before `collected` takes it apart again.
  finish: (items, lastProcessed) => right({ lastProcessed, items } as unknown as Database),
}

/** What `collectingFold` made: no database, but what was put in its place. */
export const collected = (database: Database): Collected => database as unknown as Collected

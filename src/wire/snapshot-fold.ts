/** How a decoder of state images hands over what it reads, without knowing what a database is. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { SnapshotItem } from '../service/snapshot.js'
import type { Zxid } from '../core/zxid.js'

/**
 * A left fold over snapshot items. `Builder` is opaque to decoders; written as methods, so that a fold with any
 * builder is a `SnapshotFold<D>`: decoders only give back what `start` and `add` gave.
 */
export interface SnapshotFold<D, Builder = unknown> {
  start(): Builder
  add(builder: Builder, item: SnapshotItem): Builder
  /** Left: why the items are no database (no root, a node without parent). `zxid`: the last transaction included. */
  finish(builder: Builder, zxid: Zxid): Either<string, D>
}

/** Shared by the property tests of the service: random histories of requests, and a comparable view of a database. */
import type { Either } from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { OPEN } from '../../src/service/acl.js'
import { apply } from '../../src/service/apply.js'
import { digestOf, empty } from '../../src/service/database.js'
import * as H from '../../src/service/hamt.js'
import { prepare } from '../../src/service/prepare.js'
import type { SnapshotItem } from '../../src/service/snapshot.js'
import { databaseFold, itemsOf } from '../../src/service/snapshot.js'
import { find } from '../../src/service/tree.js'
import type { Entry } from '../../src/core/message.js'
import type { Zxid } from '../../src/core/zxid.js'
import type { Database } from '../../src/service/database.js'
import type { Prepared, WriteContext } from '../../src/service/prepare.js'
import type { MultiOperation, WriteRequest } from '../../src/service/request.js'
import type { Transaction, TransactionRecord } from '../../src/service/transaction.js'

export type Command =
  | { readonly session: bigint; readonly request: WriteRequest | { readonly op: 'malformed' } }
  /** Only Apache's leaders propose it today; replay must know it all the same. */
  | { readonly session: bigint; readonly request: { readonly op: 'setACL'; readonly path: string } }

export interface Moment {
  readonly entry: Entry<Transaction>
  /** Undefined for transactions that `prepare` does not make. */
  readonly prepared: Prepared | undefined
  readonly after: Database
}

const name = fc.constantFrom('a', 'b', 'c')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
const data = fc.option(fc.uint8Array({ maxLength: 5 }), { nil: null })
const version = fc.constantFrom(-1, -1, -1, 0, 1)

const create = fc.record({
  op: fc.constantFrom('create' as const, 'create2' as const),
  path,
  data,
  acl: fc.constant(OPEN),
  flags: fc.constantFrom(0, 0, 0, 1, 2, 3),
})
const remove = fc.record({ op: fc.constant('delete' as const), path, version })
const setData = fc.record({ op: fc.constant('setData' as const), path, data, version })
const check = fc.record({ op: fc.constant('check' as const), path, version })
const operation: fc.Arbitrary<MultiOperation> = fc.oneof(create, remove, setData, check)

const request: fc.Arbitrary<WriteRequest | { readonly op: 'malformed' }> = fc.oneof(
  { weight: 8, arbitrary: create },
  { weight: 5, arbitrary: remove },
  { weight: 3, arbitrary: setData },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('multi' as const), operations: fc.array(operation, { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('createSession' as const), timeoutMs: fc.nat(9999) }) },
  { weight: 2, arbitrary: fc.constant({ op: 'closeSession' as const }) },
  { weight: 1, arbitrary: fc.constant({ op: 'malformed' as const }) },
)

const session = fc.constantFrom(1n, 2n, 0x10000106d0f0000n)
const setACL = fc.record({ op: fc.constant('setACL' as const), path })

export const commands = (maxLength: number): fc.Arbitrary<readonly Command[]> =>
  fc.array<Command>(
    fc.oneof(
      { weight: 11, arbitrary: fc.record({ session, request }) },
      { weight: 1, arbitrary: fc.record({ session, request: setACL }) },
    ),
    { maxLength },
  )

export const contextAt = (counter: number, session: bigint): WriteContext => ({
  zxid: { epoch: 1, counter },
  timeMs: 1_795_490_070_000 + counter,
  sessionId: session,
  cxid: counter,
  ids: [],
  session: 'valid',
})

export const entryOf = (
  context: WriteContext,
  record: TransactionRecord,
  digest: bigint | undefined,
): Entry<Transaction> => ({
  zxid: context.zxid,
  transaction: {
    sessionId: context.sessionId,
    cxid: context.cxid,
    timeMs: context.timeMs,
    record,
    digest,
    bytes: new Uint8Array(0),
  },
})

/** The states that the commands lead through, from the empty database, one moment a command. */
export const run = (all: readonly Command[], start = empty): readonly Moment[] => {
  const moments: Moment[] = []
  let database = start
  all.forEach(({ session, request: wanted }, index) => {
    const context = contextAt(index + 1, session)
    if (wanted.op === 'setACL') {
      const aversion = (find(database.tree, wanted.path)?.stat.aversion ?? 0) + 1
      const acl = [{ permissions: aversion % 32, id: { scheme: 'world', id: 'anyone' } }]
      const exists = find(database.tree, wanted.path) !== undefined
      const entry = entryOf(
        context,
        exists ? { type: 'setACL', path: wanted.path, acl, version: aversion } : { type: 'error', error: -101 },
        undefined,
      )
      const after = apply(database, entry).database
      moments.push({ entry, prepared: undefined, after })
    } else {
      const prepared = prepare(database, context, wanted)
      moments.push({
        entry: entryOf(context, prepared.record, prepared.digest),
        prepared,
        after: prepared.applied.database,
      })
    }
    database = moments.at(-1)?.after ?? database
  })
  return moments
}

/** What a reader of an image makes of these items, or the path that does not fit. */
export const rebuilt = (items: Iterable<SnapshotItem>, zxid: Zxid): Either<string, Database> =>
  databaseFold.finish(
    [...items].reduce((builder, item) => databaseFold.add(builder, item), databaseFold.start()),
    zxid,
  )

/** Everything that two equal databases have in common, in a fixed order. */
export const view = (database: Database): unknown => ({
  lastProcessed: database.lastProcessed,
  items: [...itemsOf(database)].sort((first, second) => (keyOf(first) < keyOf(second) ? -1 : 1)),
  ephemerals: [...H.entries(database.ephemerals)]
    .map(([session, { paths, bytes }]) => `${String(session)} ${bytes} ${[...H.keys(paths)].sort().join(' ')}`)
    .sort(),
  digest: digestOf(database),
  nodeCount: database.tree.nodeCount,
  approximateDataSize: database.tree.approximateDataSize,
})

const keyOf = (item: SnapshotItem): string => (item.kind === 'session' ? `session ${String(item.id)}` : item.path)

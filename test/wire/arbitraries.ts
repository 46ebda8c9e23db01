/** Arbitrary values of everything that has bytes. */
import fc from 'fast-check'
import { NO_SERVER } from '../../src/core/configuration.js'
import type { Notification } from '../../src/core/message.js'
import { MINIMAL, UNTRUSTED, ZERO, zxid } from '../../src/core/zxid.js'
import type { Zxid } from '../../src/core/zxid.js'
import type { ForwardedRequest, Packet } from '../../src/server/packet.js'
import type { Acl, Id } from '../../src/service/acl.js'
import { errorCode } from '../../src/service/error.js'
import type { ErrorCode } from '../../src/service/error.js'
import type { ConnectRequest, MultiOperation, Request } from '../../src/service/request.js'
import type { ConnectResponse, MultiResult, ResponseBody, WatchNotification } from '../../src/service/response.js'
import type { SnapshotItem } from '../../src/service/snapshot.js'
import type { PersistedStat, Stat } from '../../src/service/stat.js'
import type { SimpleRecord, Transaction, TransactionRecord } from '../../src/service/transaction.js'
import { decodeTransaction, encodeTransaction } from '../../src/wire/transaction.js'
import { configuration } from '../service/configuration/arbitraries.js'
import { collectingFold } from './collecting-fold.js'
import { value } from './support.js'
import { getOrElseW } from 'fp-ts/lib/Either.js'

// --- small things

export const int = fc.integer({ min: -0x80000000, max: 0x7fffffff })
export const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
export const timeMs = fc.maxSafeInteger()
export const bytes = fc.uint8Array({ maxLength: 40 })
export const data = fc.option(bytes, { nil: null })
export const anyZxid: fc.Arbitrary<Zxid> = fc.oneof(
  fc.constantFrom(ZERO, UNTRUSTED, MINIMAL),
  fc.tuple(int, fc.integer({ min: 0, max: 0xffffffff })).map(([epoch, counter]) => zxid(epoch, counter)),
)
export const epoch = fc.integer({ min: 0, max: 0x7fffffff })
export const serverId = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constant(NO_SERVER), fc.maxSafeNat())

/** Text without lone surrogates, which UTF-8 cannot carry; short and long, in and outside ASCII. */
export const text = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
)
export const path = fc.oneof(text, fc.constantFrom('/', '/a', '/a/b-0000000000', '/grün', '/𝒵'))

export const id: fc.Arbitrary<Id> = fc.record({ scheme: text, id: text })
export const acl: fc.Arbitrary<Acl> = fc.record({ permissions: int, id })
export const acls = fc.array(acl, { maxLength: 3 })

const statFields = {
  czxid: anyZxid,
  mzxid: anyZxid,
  pzxid: anyZxid,
  ctimeMs: timeMs,
  mtimeMs: timeMs,
  version: int,
  cversion: int,
  aversion: int,
  ephemeralOwner: long,
}
export const persistedStat: fc.Arbitrary<PersistedStat> = fc.record(statFields)
export const stat: fc.Arbitrary<Stat> = fc.record({ ...statFields, dataLength: int, childCount: int })

// --- client port

const create = fc.record({
  op: fc.constantFrom('create' as const, 'create2' as const),
  path,
  data,
  acl: fc.option(acls, { nil: null }),
  flags: int,
})
const remove = fc.record({ op: fc.constant('delete' as const), path, version: int })
const setData = fc.record({ op: fc.constant('setData' as const), path, data, version: int })
const check = fc.record({ op: fc.constant('check' as const), path, version: int })

export const multiOperation: fc.Arbitrary<MultiOperation> = fc.oneof(create, remove, setData, check)

const strings = fc.array(path, { maxLength: 3 })

/** What a client may send and a server serves. */
export const servedRequest: fc.Arbitrary<Request> = fc.oneof(
  create,
  remove,
  setData,
  fc.record({
    op: fc.constantFrom('exists' as const, 'getData' as const, 'getChildren' as const, 'getChildren2' as const),
    path,
    watch: fc.boolean(),
  }),
  fc.record({ op: fc.constant('multi' as const), operations: fc.array(multiOperation, { maxLength: 4 }) }),
  fc.record({ op: fc.constant('sync' as const), path: fc.option(path) }),
  fc.constantFrom<Request>({ op: 'ping' }, { op: 'closeSession' }),
  fc.record({
    op: fc.constant('setWatches' as const),
    relativeZxid: anyZxid,
    dataWatches: strings,
    existWatches: strings,
    childWatches: strings,
  }),
  fc.record({ op: fc.constant('auth' as const), scheme: text, auth: bytes }),
  fc.record({
    op: fc.constant('reconfig' as const),
    joining: fc.option(text, { nil: null }),
    leaving: fc.option(text, { nil: null }),
    newMembers: fc.option(text, { nil: null }),
    fromConfig: anyZxid,
  }),
)

export const connectRequest: fc.Arbitrary<ConnectRequest> = fc.record({
  protocolVersion: int,
  lastZxidSeen: anyZxid,
  timeoutMs: int,
  sessionId: long,
  password: bytes,
  readOnly: fc.option(fc.boolean(), { nil: undefined }),
})

export const connectResponse: fc.Arbitrary<ConnectResponse> = fc.record({
  kind: fc.constant('ConnectResponse' as const),
  timeoutMs: int,
  sessionId: long,
  password: bytes,
  readOnly: fc.option(fc.boolean(), { nil: undefined }),
})

const error: fc.Arbitrary<ErrorCode> = fc.constantFrom(...Object.values(errorCode))

const multiResult: fc.Arbitrary<MultiResult> = fc.oneof(
  fc.record({ op: fc.constant('create' as const), path }),
  fc.record({ op: fc.constant('create2' as const), path, stat }),
  fc.constantFrom<MultiResult>({ op: 'delete' }, { op: 'check' }),
  fc.record({ op: fc.constant('setData' as const), stat }),
  fc.record({ op: fc.constant('error' as const), error }),
)

export const responseBody: fc.Arbitrary<ResponseBody> = fc.oneof(
  fc.record({ op: fc.constant('create' as const), path }),
  fc.record({ op: fc.constant('sync' as const), path: fc.option(path) }),
  fc.record({ op: fc.constant('create2' as const), path, stat }),
  fc.record({ op: fc.constantFrom('setData' as const, 'exists' as const), stat }),
  fc.record({ op: fc.constantFrom('getData' as const, 'reconfig' as const), data, stat }),
  fc.record({ op: fc.constant('getChildren' as const), children: strings }),
  fc.record({ op: fc.constant('getChildren2' as const), children: strings, stat }),
  fc.record({ op: fc.constant('multi' as const), results: fc.array(multiResult, { maxLength: 4 }) }),
)

export const replyXid = int.filter((xid) => xid !== -1)
export const failure = error.filter((code) => code !== errorCode.OK)

export const watchNotification: fc.Arbitrary<WatchNotification> = fc.record({
  kind: fc.constant('WatchNotification' as const),
  type: fc.constantFrom('NodeCreated' as const, 'NodeDeleted', 'NodeDataChanged', 'NodeChildrenChanged'),
  path,
  zxid: anyZxid,
})

// --- transactions

export const simpleRecord: fc.Arbitrary<SimpleRecord> = fc.oneof(
  fc.record({
    type: fc.constantFrom('create' as const, 'create2' as const),
    path,
    data,
    acl: acls,
    ephemeral: fc.boolean(),
    parentCversion: int,
  }),
  fc.record({ type: fc.constant('createContainer' as const), path, data, acl: acls, parentCversion: int }),
  fc.record({ type: fc.constant('createTTL' as const), path, data, acl: acls, parentCversion: int, ttlMs: long }),
  fc.record({ type: fc.constantFrom('delete' as const, 'deleteContainer' as const), path }),
  fc.record({ type: fc.constantFrom('setData' as const, 'reconfig' as const), path, data, version: int }),
  fc.record({ type: fc.constant('setACL' as const), path, acl: acls, version: int }),
  fc.record({ type: fc.constant('check' as const), path, version: int }),
  fc.record({ type: fc.constant('error' as const), error: int }),
)

const transactionRecord: fc.Arbitrary<TransactionRecord> = fc.oneof(
  simpleRecord,
  fc.record({ type: fc.constant('createSession' as const), timeoutMs: int }),
  fc.record({
    type: fc.constant('closeSession' as const),
    // The empty string is the path of no ephemeral; a record without paths is told by it (see the decoder).
    paths: fc.array(
      path.filter((each) => each !== ''),
      { maxLength: 3 },
    ),
  }),
  fc.record({ type: fc.constant('multi' as const), records: fc.array(simpleRecord, { maxLength: 4 }) }),
)

export const transaction: fc.Arbitrary<Omit<Transaction, 'bytes'>> = fc
  .record({
    sessionId: long,
    cxid: int,
    timeMs,
    record: transactionRecord,
    digest: fc.option(long, { nil: undefined }),
  })
  .map((each) => (each.record.type === 'error' ? { ...each, digest: undefined } : each))

/** An entry as it comes from its own bytes. */
export const entry = fc
  .tuple(anyZxid, transaction)
  .map(([at, each]) => value(decodeTransaction(encodeTransaction(at, each))))

// --- snapshots

export const snapshotItems: fc.Arbitrary<readonly SnapshotItem[]> = fc
  .tuple(
    fc.array(fc.record({ kind: fc.constant('session' as const), id: long, timeoutMs: int }), { maxLength: 4 }),
    fc.array(
      fc.record({
        kind: fc.constant('node' as const),
        path: path.filter((each) => each !== '/'),
        data,
        acl: fc.oneof(acls, fc.constant([{ permissions: 31, id: { scheme: 'world', id: 'anyone' } }])),
        stat: persistedStat,
      }),
      { maxLength: 8 },
    ),
  )
  .map(([sessions, nodes]) => [...sessions, ...nodes])

// --- servers

const heard = {
  state: fc.constantFrom('LOOKING' as const, 'FOLLOWING', 'LEADING', 'OBSERVING'),
  vote: fc.record({
    leader: serverId,
    zxid: anyZxid,
    peerEpoch: fc.oneof(epoch, fc.constantFrom(-1, MINIMAL.epoch)),
  }),
  round: fc.maxSafeNat(),
}

/** With a configuration, whose version is the one that it states, and without. */
export const notification: fc.Arbitrary<Notification> = fc.oneof(
  fc.record({ ...heard, configurationVersion: anyZxid }),
  fc
    .tuple(fc.record(heard), configuration)
    .map(([told, each]) => ({ ...told, configurationVersion: each.version, configuration: each })),
)

const forwarded: fc.Arbitrary<ForwardedRequest> = fc.record({
  sessionId: long,
  cxid: int,
  request: fc.oneof(servedRequest, fc.record({ op: fc.constant('createSession' as const), timeoutMs: int })),
  ids: fc.array(id, { maxLength: 3 }),
})

const ofZxid = <A extends Packet['type']>(...types: readonly [A, ...A[]]): fc.Arbitrary<{ type: A; zxid: Zxid }> =>
  fc.record({ type: fc.constantFrom(...types), zxid: anyZxid })

export const learnerPacket: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    type: fc.constant('FOLLOWERINFO' as const),
    role: fc.constantFrom('participant' as const, 'observer' as const),
    acceptedEpoch: epoch,
    configurationVersion: anyZxid,
  }),
  fc.record({ type: fc.constant('ACKEPOCH' as const), currentEpoch: int, lastZxid: anyZxid }),
  ofZxid('ACK'),
  fc.record({
    type: fc.constant('PING' as const),
    zxid: anyZxid,
    touched: fc.array(fc.record({ id: long, timeoutMs: int }), { maxLength: 4 }),
  }),
  fc.record({ type: fc.constant('REQUEST' as const), request: forwarded }),
  fc.record({ type: fc.constant('REVALIDATE' as const), sessionId: long, timeoutMs: int }),
)

const image = fc.tuple(snapshotItems, anyZxid).map(([items, lastProcessed]) => {
  const builder = items.reduce((gathered, item) => collectingFold.add(gathered, item), collectingFold.start())
  const database = getOrElseW((reason: string): never => {
    throw new Error(reason)
  })(collectingFold.finish(builder, lastProcessed))
  return { type: 'SNAP' as const, zxid: lastProcessed, image: database }
})

export const leaderPacket: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({ type: fc.constantFrom('LEADERINFO' as const, 'NEWLEADER' as const), epoch }),
  fc.record({ type: fc.constant('NEWLEADER' as const), epoch, configuration }),
  fc.record({ type: fc.constant('COMMITANDACTIVATE' as const), zxid: anyZxid, leader: serverId }),
  fc.record({ type: fc.constant('INFORMANDACTIVATE' as const), entry, leader: serverId }),
  ofZxid('DIFF', 'TRUNC', 'COMMIT'),
  fc.record({ type: fc.constantFrom('PROPOSAL' as const, 'INFORM' as const), entry }),
  fc.record({ type: fc.constant('PING' as const), zxid: anyZxid, touched: fc.constant(undefined) }),
  fc.record({ type: fc.constant('REVALIDATED' as const), sessionId: long, valid: fc.boolean() }),
  fc.constantFrom<Packet>({ type: 'SYNC' }, { type: 'UPTODATE' }),
  image,
)

// --- damage

/** Valid bytes with some overwritten, cut off or repeated. */
export const damaged = (valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(valid, fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), { maxLength: 4 }), fc.nat())
    .map(([source, changes, cut]) => {
      const copy = source.slice(0, cut % 3 === 0 ? cut % (source.length + 1) : source.length)
      for (const [at, byte] of changes) if (copy.length > 0) copy[at % copy.length] = byte
      return copy
    })

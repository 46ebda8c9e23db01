/** A QuorumPacket's four fields to the value they mean, which depends on who sent it. */
import type { Either } from 'fp-ts/lib/Either.js'
import { chain, filterOrElse, left, right } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ServerId } from '../../core/configuration.js'
import type { Entry } from '../../core/message.js'
import { equals, ZERO } from '../../core/zxid.js'
import type { Zxid } from '../../core/zxid.js'
import type { Packet, SessionTouch } from '../../server/packet.js'
import type { Id } from '../../service/acl.js'
import { decodeConfiguration } from '../../service/configuration/data.js'
import type { Transaction } from '../../service/transaction.js'
import type { WireError } from '../error.js'
import { wireError } from '../error.js'
import { Reader } from '../reader.js'
import { decodeRequestBody } from '../request.js'
import { decodeTransaction } from '../transaction.js'
import { packetType } from './packet-type.js'

export interface RawPacket {
  readonly type: number
  readonly zxid: Zxid
  /** Owned: nobody overwrites it. */
  readonly data: Uint8Array | null
  readonly ids: readonly Id[]
}

/** Who a learner says it is, in FOLLOWERINFO and OBSERVERINFO. */
export interface LearnerInfo {
  readonly id: ServerId
  readonly protocolVersion: number
  readonly configurationVersion: Zxid
}

/** `learner`: with the first packet of a learner; a learner that sends no data has none and is to be given an id. */
export interface DecodedPacket {
  readonly packet: Packet
  readonly learner?: LearnerInfo
}

type Result = Either<WireError, DecodedPacket | 'ignored'>

const EMPTY = new Uint8Array(0)
const IGNORED: Result = right('ignored')

const decoded = (packet: Packet): Result => right({ packet })

/** From a learner: requests, acknowledgements, and what it says of itself. */
export const interpretFromLearner = (raw: RawPacket): Result => {
  switch (raw.type) {
    case packetType.FOLLOWERINFO:
      return learnerInfo(raw, 'participant')
    case packetType.OBSERVERINFO:
      return learnerInfo(raw, 'observer')
    case packetType.ACKEPOCH:
      return withData(raw, (reader) => ({
        type: 'ACKEPOCH',
        currentEpoch: reader.int('currentEpoch'),
        lastZxid: raw.zxid,
      }))
    case packetType.ACK:
      return decoded({ type: 'ACK', zxid: raw.zxid })
    case packetType.PING:
      return withData(raw, (reader) => ({ type: 'PING', zxid: raw.zxid, touched: readTouched(reader) }))
    case packetType.REQUEST:
      return withData(raw, (reader) => readRequest(reader, raw.ids))
    case packetType.REVALIDATE:
      return withData(raw, (reader) => ({
        type: 'REVALIDATE',
        sessionId: reader.long('sessionId'),
        timeoutMs: reader.int('timeout'),
      }))
    default:
      return IGNORED
  }
}

/** From a leader: proposals, commits, and synchronization. */
export const interpretFromLeader = (raw: RawPacket): Result => {
  const { zxid } = raw
  switch (raw.type) {
    case packetType.PROPOSAL:
      return transaction(raw, 'PROPOSAL')
    case packetType.INFORM:
      return transaction(raw, 'INFORM')
    case packetType.COMMIT:
      return decoded({ type: 'COMMIT', zxid })
    case packetType.PING:
      return decoded({ type: 'PING', zxid, touched: undefined })
    case packetType.REVALIDATE:
      return withData(raw, (reader) => ({
        type: 'REVALIDATED',
        sessionId: reader.long('sessionId'),
        valid: reader.bool('valid'),
      }))
    case packetType.SYNC:
      return decoded({ type: 'SYNC' })
    case packetType.LEADERINFO:
      return decoded({ type: 'LEADERINFO', epoch: zxid.epoch })
    case packetType.DIFF:
      return decoded({ type: 'DIFF', zxid })
    case packetType.TRUNC:
      return decoded({ type: 'TRUNC', zxid })
    case packetType.NEWLEADER:
      return newLeader(raw)
    case packetType.UPTODATE:
      return decoded({ type: 'UPTODATE' })
    case packetType.COMMITANDACTIVATE:
      return withData(raw, (reader) => ({ type: 'COMMITANDACTIVATE', zxid, leader: reader.serverId('leader') }))
    case packetType.INFORMANDACTIVATE:
      return informAndActivate(raw)
    default:
      return IGNORED
  }
}

const withData = (raw: RawPacket, read: (reader: Reader) => Packet): Result => {
  const reader = new Reader(raw.data ?? EMPTY)
  const packet = read(reader)
  return reader.error === undefined ? decoded(packet) : left(reader.error)
}

const transaction = (raw: RawPacket, type: 'PROPOSAL' | 'INFORM'): Result =>
  pipe(
    entryIn(raw, raw.data ?? EMPTY),
    chain((entry) => decoded({ type, entry })),
  )

/** The transaction of a packet, whose zxid must be the packet's. */
const entryIn = ({ zxid }: RawPacket, bytes: Uint8Array): Either<WireError, Entry<Transaction>> =>
  pipe(
    decodeTransaction(bytes),
    filterOrElse(
      (entry) => equals(entry.zxid, zxid),
      () => wireError('BadValue', 'zxid of a transaction', 0),
    ),
  )

/** The leader that goes on, then what an INFORM has. RECFG-5. */
const informAndActivate = (raw: RawPacket): Result => {
  const reader = new Reader(raw.data ?? EMPTY)
  const leader = reader.serverId('leader')
  const bytes = reader.rawView(reader.remaining)
  return reader.error === undefined
    ? pipe(
        entryIn(raw, bytes),
        chain((entry) => decoded({ type: 'INFORMANDACTIVATE', entry, leader })),
      )
    : left(reader.error)
}

/** A text that cannot be read is passed over: where reconfiguration is off, nobody needs it. RECFG-6. */
const newLeader = ({ data, zxid: { epoch } }: RawPacket): Result => {
  const configuration = decodeConfiguration(data)
  return decoded(
    configuration === undefined ? { type: 'NEWLEADER', epoch } : { type: 'NEWLEADER', epoch, configuration },
  )
}

const SESSION_TOUCH_SIZE = 12

const readTouched = (reader: Reader): readonly SessionTouch[] => {
  const touched: SessionTouch[] = []
  while (reader.remaining >= SESSION_TOUCH_SIZE) {
    touched.push({ id: reader.long('sessionId'), timeoutMs: reader.int('timeout') })
  }
  if (reader.remaining > 0) reader.fail('BadLength', 'sessions of a PING')
  return touched
}

const readRequest = (reader: Reader, ids: readonly Id[]): Packet => {
  const sessionId = reader.long('sessionId')
  const cxid = reader.int('cxid')
  const code = reader.int('type')
  // A body that cannot be decoded is a request too: the leader answers it with an error.
  const body = new Reader(reader.rawView(reader.remaining))
  return { type: 'REQUEST', request: { sessionId, cxid, request: decodeRequestBody(code, body), ids } }
}

/** Shorter forms of LearnerInfo are old ones: id only, then with version, then with configuration version. */
const learnerInfo = (raw: RawPacket, role: 'participant' | 'observer'): Result => {
  const info = raw.data === null ? undefined : readLearnerInfo(new Reader(raw.data))
  if (info !== undefined && 'kind' in info) return left(info)
  const packet: Packet = {
    type: 'FOLLOWERINFO',
    role,
    acceptedEpoch: raw.zxid.epoch,
    configurationVersion: info?.configurationVersion ?? ZERO,
  }
  return right(info === undefined ? { packet } : { packet, learner: info })
}

const readLearnerInfo = (reader: Reader): LearnerInfo | WireError => {
  const info: LearnerInfo = {
    id: reader.serverId(),
    protocolVersion: reader.remaining >= 4 ? reader.int('protocolVersion') : 0,
    configurationVersion: reader.remaining >= 8 ? reader.zxid('configVersion') : ZERO,
  }
  return reader.error ?? info
}

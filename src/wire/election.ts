/** The election port: the handshake of a connection, then frames that each hold one notification. ELEC-2. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { ServerId } from '../core/configuration.js'
import type { Notification, ServerState } from '../core/message.js'
import { fromBigInt, MINIMAL, ZERO } from '../core/zxid.js'
import type { Epoch, Zxid } from '../core/zxid.js'
import { configurationFrom, renderConfigurationText } from '../service/configuration/text.js'
import type { WireError } from './error.js'
import { wireError } from './error.js'
import { Reader } from './reader.js'
import { Writer } from './writer.js'

/** Of a frame without its length; a longer one ends the link, with a line. */
export const MAXIMUM_NOTIFICATION_LENGTH = 524_288
/** Of the addresses in a handshake together; a longer text ends the connection, with a line. */
export const MAXIMUM_ADDRESS_LENGTH = 2048

// --- handshake

export interface Handshake {
  readonly id: ServerId
  /** The sender's election addresses, `host:port` each; none in the legacy form. Version 2 may hold several. */
  readonly addresses: readonly string[]
}

const VERSION_1 = -65536n
const VERSION_2 = -65535n
const SEPARATOR = '|'

/** One write: ZooKeeper takes a handshake in two segments for a broken one. More than one address needs version 2. */
export const encodeHandshake = ({ id, addresses }: Handshake): Uint8Array => {
  const writer = new Writer(64)
  if (addresses.length > 0) {
    writer.long(addresses.length > 1 ? VERSION_2 : VERSION_1)
    writer.serverId(id)
    writer.string(addresses.join(SEPARATOR))
  } else writer.serverId(id)
  return writer.written()
}

export type HandshakeStep =
  | { readonly kind: 'NeedMore' }
  /** Frames begin after `length` bytes. */
  | { readonly kind: 'Complete'; readonly handshake: Handshake; readonly length: number }

/** `bytes`: all that has arrived on the connection. They are few: an address of more than 2048 bytes is refused. */
export const decodeHandshake = (bytes: Uint8Array): Either<WireError, HandshakeStep> => {
  const reader = new Reader(bytes, 0, bytes.length, MAXIMUM_ADDRESS_LENGTH)
  const first = reader.long('protocolVersion')
  const handshake = first < 0n ? readHandshake(first, reader) : { id: legacyId(first, reader), addresses: [] }
  if (reader.error?.kind === 'Truncated') return right({ kind: 'NeedMore' })
  if (reader.error !== undefined) return left(reader.error)
  return right({ kind: 'Complete', handshake, length: reader.offset })
}

const readHandshake = (version: bigint, reader: Reader): Handshake => {
  if (version !== VERSION_1 && version !== VERSION_2) reader.fail('BadValue', 'protocolVersion')
  const id = reader.serverId()
  const text = reader.string('address')
  if (text === '' && reader.error === undefined) reader.fail('BadLength', 'address')
  return { id, addresses: version === VERSION_2 ? text.split(SEPARATOR) : [text] }
}

const legacyId = (first: bigint, reader: Reader): ServerId => {
  if (first > BigInt(Number.MAX_SAFE_INTEGER)) reader.fail('BadValue', 'sid')
  return Number(first)
}

// --- notifications

const states: readonly ServerState[] = ['LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING']
const VERSION_WITH_CONFIGURATION = 2
const SIZE_WITHOUT_EPOCH = 28
const SIZE_WITHOUT_VERSION = 40
const MINIMAL_LONG = -(2n ** 63n)

/**
 * One frame, its length in front. `configurationText` stands for a notification that names no configuration; it ends with
 * the line `version=…` and no newline.
 */
export const encodeNotification = (notification: Notification, configurationText: string): Uint8Array => {
  const { configuration, state, vote, round } = notification
  const text = configuration === undefined ? configurationText : renderConfigurationText(configuration)
  const writer = new Writer(128 + text.length)
  const start = writer.beginFrame()
  writer.int(states.indexOf(state))
  writer.serverId(vote.leader)
  writer.zxid(vote.zxid)
  writer.longFromNumber(round)
  if (vote.peerEpoch === MINIMAL.epoch) writer.long(MINIMAL_LONG)
  else writer.longFromNumber(vote.peerEpoch)
  writer.int(VERSION_WITH_CONFIGURATION)
  writer.string(text)
  writer.endFrame(start)
  return writer.written()
}

/**
 * One frame without its length, in any of ZooKeeper's forms: without peer epoch (28 bytes), without version (40), with
 * configuration. Left: ignore the notification; the frames after it are not in doubt. A text that cannot be read, or that
 * names no member, is passed over but for its version (RECFG-7).
 */
export const decodeNotification = (frame: Uint8Array): Either<WireError, Notification> => {
  const reader = new Reader(frame)
  const state = states[reader.int('state')]
  const leader = reader.serverId('leader')
  const zxid = reader.zxid()
  const round = readRound(reader)
  const peerEpoch = frame.length === SIZE_WITHOUT_EPOCH ? zxid.epoch : readPeerEpoch(reader)
  const isShort = frame.length === SIZE_WITHOUT_EPOCH || frame.length === SIZE_WITHOUT_VERSION
  const version = isShort ? 0 : reader.int('version')
  const text = version > 1 ? reader.string('configuration') : ''
  if (reader.error !== undefined) return left(reader.error)
  if (state === undefined) return left(wireError('BadValue', 'state', 0))
  const vote = { leader, zxid, peerEpoch }
  const configuration = configurationFrom(text)
  return right(
    configuration === undefined
      ? { state, vote, round, configurationVersion: versionOf(text) }
      : { state, vote, round, configurationVersion: configuration.version, configuration },
  )
}

const readRound = (reader: Reader): number => reader.longAsNumber('electionEpoch')

const readPeerEpoch = (reader: Reader): Epoch => {
  const value = reader.long('peerEpoch')
  if (value === MINIMAL_LONG) return MINIMAL.epoch
  if (value !== BigInt.asIntN(32, value)) reader.fail('BadValue', 'peerEpoch')
  return Number(BigInt.asIntN(32, value))
}

/** The version that a configuration text states in hexadecimal; zero when it states none. */
export const versionOf = (configurationText: string): Zxid => {
  const digits = /(?:^|\n)version=([0-9a-fA-F]{1,16})(?:\n|$)/.exec(configurationText)?.[1]
  return digits === undefined ? ZERO : fromBigInt(BigInt(`0x${digits}`))
}

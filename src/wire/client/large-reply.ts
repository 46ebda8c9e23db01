/**
 * Replies that are too large to be encoded at once: a node with a hundred thousand children, a megabyte of data.
 *
 * They are encoded piece by piece, as they are asked for, from the immutable state that they show, so that an answer that
 * waits for its reader costs a reference. Only its length must be known before its first byte.
 */
import { errorCode } from '../../service/error.js'
import type { Names } from '../../service/names.js'
import type { ClientMessage, MultiResult, Reply, ResponseBody } from '../../service/response.js'
import { writeStat } from '../record.js'
import { ERROR_OPCODE, writeMultiHeader } from '../request.js'
import { utf8Length } from '../utf8.js'
import { Writer } from '../writer.js'
import { writeMultiResult, writeReplyHeader } from './server-side.js'

/** Bytes of a chunk; one name or path may make it longer. What is not longer than one is not large. */
export const REPLY_CHUNK_BYTES = 1 << 16

/** The length of a frame is a signed 32-bit integer. */
const LONGEST_FRAME = 0x7fffffff

const HEADER_BYTES = 16
const STAT_BYTES = 68
const MULTI_HEADER_BYTES = 9

/**
 * The bytes that `encodeClientMessage` would write, frame length and all, in chunks, each encoded when it is asked for;
 * undefined for a message that is small. A reply longer than a frame can be is MARSHALLINGERROR, without a body.
 */
export const encodeLargeReply = (
  message: ClientMessage,
  longest: number = LONGEST_FRAME,
): Iterable<Uint8Array> | undefined => {
  if (message.kind !== 'Reply' || message.error !== errorCode.OK) return undefined
  const body = largeBody(message.body)
  if (body === undefined) return undefined
  const length = HEADER_BYTES + body.length
  return length > longest ? [tooLong(message)] : { [Symbol.iterator]: () => chunks(message, length, body) }
}

// --- parts

/** A body that is large: its length, and what writes it, a little at each step. */
interface LargeBody {
  readonly length: number
  readonly steps: (writer: Writer) => Iterable<void>
}

const largeBody = (body: ResponseBody | undefined): LargeBody | undefined => {
  switch (body?.op) {
    case 'getChildren':
      return isLargeList(body.children) ? { length: listLength(body.children), steps: list(body.children) } : undefined
    case 'getChildren2': {
      const { children, stat } = body
      if (!isLargeList(children)) return undefined
      return { length: listLength(children) + STAT_BYTES, steps: inTurn(list(children), (to) => writeStat(to, stat)) }
    }
    case 'getData': {
      const { data, stat } = body
      if (data === null || data.length <= REPLY_CHUNK_BYTES) return undefined
      return { length: 4 + data.length + STAT_BYTES, steps: inTurn(buffer(data), (to) => writeStat(to, stat)) }
    }
    case 'multi': {
      const length = body.results.reduce((sum, result) => sum + resultLength(result), MULTI_HEADER_BYTES)
      return length <= REPLY_CHUNK_BYTES ? undefined : { length, steps: multi(body.results) }
    }
    default:
      return undefined
  }
}

function* chunks(reply: Reply, length: number, body: LargeBody): Generator<Uint8Array, void> {
  const writer = new Writer(REPLY_CHUNK_BYTES + 1024)
  writer.int(length)
  writeReplyHeader(writer, reply.xid, reply.zxid, reply.error)
  const steps = body.steps(writer)[Symbol.iterator]()
  while (steps.next().done !== true) {
    if (writer.length < REPLY_CHUNK_BYTES) continue
    yield writer.written()
    writer.reset()
  }
  if (writer.length > 0) yield writer.written()
}

const tooLong = ({ xid, zxid }: Reply): Uint8Array => {
  const writer = new Writer(4 + HEADER_BYTES)
  const start = writer.beginFrame()
  writeReplyHeader(writer, xid, zxid, errorCode.MARSHALLINGERROR)
  writer.endFrame(start)
  return writer.written()
}

type Steps = LargeBody['steps']

const inTurn = (first: Steps, last: (writer: Writer) => void): Steps =>
  function* (writer) {
    yield* first(writer)
    last(writer)
  }

// --- lists of names

/** Looks at no more names than it needs to. A character is a byte at least. */
const isLargeList = (names: Names): boolean => {
  let least = 4 * names.length
  if (least > REPLY_CHUNK_BYTES) return true
  for (const name of names) {
    least += name.length
    if (least > REPLY_CHUNK_BYTES) return true
  }
  return false
}

/** Lists do not change, and popular ones are asked for again and again. */
const lengths = new WeakMap<Names, number>()

const listLength = (names: Names): number => {
  const known = lengths.get(names)
  if (known !== undefined) return known
  let length = 4
  for (const name of names) length += 4 + utf8Length(name)
  lengths.set(names, length)
  return length
}

const list = (names: Names): Steps =>
  function* (writer) {
    writer.count(names.length)
    for (const name of names) {
      writer.string(name)
      yield
    }
  }

// --- data

const buffer = (data: Uint8Array): Steps =>
  function* (writer) {
    writer.int(data.length)
    for (let start = 0; start < data.length; start += REPLY_CHUNK_BYTES) {
      writer.raw(data.subarray(start, start + REPLY_CHUNK_BYTES))
      yield
    }
  }

// --- results of a multi

const resultLength = (result: MultiResult): number => {
  switch (result.op) {
    case 'create':
      return MULTI_HEADER_BYTES + 4 + utf8Length(result.path)
    case 'create2':
      return MULTI_HEADER_BYTES + 4 + utf8Length(result.path) + STAT_BYTES
    case 'setData':
      return MULTI_HEADER_BYTES + STAT_BYTES
    case 'error':
      return MULTI_HEADER_BYTES + 4
    case 'delete':
    case 'check':
      return MULTI_HEADER_BYTES
  }
}

const multi = (results: readonly MultiResult[]): Steps =>
  function* (writer) {
    for (const result of results) {
      writeMultiResult(writer, result)
      yield
    }
    writeMultiHeader(writer, ERROR_OPCODE, true, -1)
  }

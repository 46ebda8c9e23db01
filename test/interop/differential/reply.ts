/**
 * What a server said, as text that is the same for two servers that said the same: zxids as distances, sessions by
 * number, times by whether they belong to their zxid, children sorted. Every byte is in the text.
 */
import type { Zxid } from '../../../src/core/zxid.js'
import { Reader } from '../../../src/wire/reader.js'
import { hexOf } from './step.js'

/** How one server's own values are called. */
export interface Names {
  readonly zxid: (zxid: Zxid) => string
  readonly session: (id: bigint) => string
  /** Is this the time of the transaction `zxid`? */
  readonly time: (zxid: Zxid, timeMs: bigint) => string
  readonly password: (sessionId: bigint, password: Uint8Array | null) => string
  /** The root of the paths of this run reads as ROOT. */
  readonly path: (path: string | null) => string
}

export const showConnectResponse = (frame: Uint8Array, names: Names): string => {
  const reader = new Reader(frame)
  const head = `ConnectResponse version=${reader.int()} timeout=${reader.int()}`
  const id = reader.long()
  const password = names.password(id, reader.buffer())
  return ended(`${head} session=${names.session(id)} password=${password}`, reader)
}

/** `opcode`: of the request with this xid; undefined when there is none. */
export const showReply = (frame: Uint8Array, opcodeOf: (xid: number) => number | undefined, names: Names): string => {
  const reader = new Reader(frame)
  const xid = reader.int()
  const zxid = names.zxid(reader.zxid())
  const error = reader.int()
  const head = `xid=${xid} zxid=${zxid} err=${error}`
  if (xid === -1) {
    return ended(`${head} event type=${reader.int()} state=${reader.int()} path=${showPath(reader, names)}`, reader)
  }
  return ended(error === 0 ? `${head}${showBody(opcodeOf(xid), reader, names)}` : head, reader)
}

const showBody = (opcode: number | undefined, reader: Reader, names: Names): string => {
  switch (opcode) {
    case 1:
    case 9:
      return ` path=${showPath(reader, names)}`
    case 15:
      return ` path=${showPath(reader, names)} ${showStat(reader, names)}`
    case 3:
    case 5:
      return ` ${showStat(reader, names)}`
    case 4:
      return ` data=${showData(reader)} ${showStat(reader, names)}`
    case 8:
      return ` children=${showChildren(reader, names)}`
    case 12:
      return ` children=${showChildren(reader, names)} ${showStat(reader, names)}`
    case 14:
      return showResults(reader, names)
    default:
      return ''
  }
}

const showResults = (reader: Reader, names: Names): string => {
  let text = ''
  while (!reader.hasFailed()) {
    const type = reader.int()
    const done = reader.bool()
    text += ` [type=${type} done=${done} err=${reader.int()}`
    if (!done) text += type === -1 ? ` error=${reader.int()}` : showBody(type, reader, names)
    text += ']'
    if (done) break
  }
  return text
}

const showPath = (reader: Reader, names: Names): string => names.path(reader.nullableString())

const showData = (reader: Reader): string => {
  const data = reader.buffer()
  return data === null ? 'null' : `0x${hexOf(data)}`
}

const showChildren = (reader: Reader, names: Names): string =>
  JSON.stringify((reader.vector(4, 'children', (each) => names.path(each.nullableString())) ?? ['null']).toSorted())

export const showStat = (reader: Reader, names: Names): string => {
  const czxid = reader.zxid()
  const mzxid = reader.zxid()
  const ctime = names.time(czxid, reader.long())
  const mtime = names.time(mzxid, reader.long())
  const versions = `${reader.int()}/${reader.int()}/${reader.int()}`
  const owner = names.session(reader.long())
  const sizes = `length=${reader.int()} children=${reader.int()}`
  const zxids = `czxid=${names.zxid(czxid)} mzxid=${names.zxid(mzxid)} pzxid=${names.zxid(reader.zxid())}`
  return `stat{${zxids} ctime=${ctime} mtime=${mtime} versions=${versions} owner=${owner} ${sizes}}`
}

const ended = (text: string, reader: Reader): string => {
  if (reader.error !== undefined) return `${text} CUT OFF`
  return reader.remaining === 0 ? text : `${text} rest=${hexOf(reader.rawView(reader.remaining))}`
}

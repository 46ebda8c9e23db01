/** The state image that snapshot files and SNAP streams share: sessions, ACL lists, nodes, an end mark. */
import type { Acl } from '../service/acl.js'
import type { SnapshotItem } from '../service/snapshot.js'
import { writeAcls, writePersistedStat } from './record.js'
import { Writer } from './writer.js'

/** Size at which a chunk is handed on. One record may make a chunk larger. */
const CHUNK_SIZE = 1 << 16

/** The id that stands for world:anyone with all permissions. */
export const OPEN_ACL_ID = -1n

export const OPEN_ACL: readonly Acl[] = [{ permissions: 31, id: { scheme: 'world', id: 'anyone' } }]

/**
 * An empty chunk: nothing to write, but a place to stop for a moment. Whoever writes the chunks lets others have a turn
 * after each of them.
 */
const PAUSE = new Uint8Array(0)

/** Items that are surveyed between two pauses. */
const SURVEY_STRIDE = 5_000

/** After the last node: the path that no node has, since the root is the empty string. */
export const END_OF_NODES = '/'

/**
 * Chunks of about 64 KiB, and empty ones in between: see PAUSE. Session and list counts stand before the nodes, so the
 * items are walked twice; an iterable that can be walked only once (a generator object) is gathered first.
 */
export function* encodeImage(items: Iterable<SnapshotItem>): Generator<Uint8Array, void> {
  const source = isOneShot(items) ? [...items] : items
  const { sessions, lists } = yield* survey(source)
  const writer = new Writer(2 * CHUNK_SIZE)
  writer.count(sessions.length)
  for (const { id, timeoutMs } of sessions) {
    writer.long(id)
    writer.int(timeoutMs)
    if (writer.length >= CHUNK_SIZE) yield flush(writer)
  }
  writer.count(lists.size - 1)
  for (const { id, acl } of lists.values()) {
    if (id === OPEN_ACL_ID) continue
    writer.long(id)
    writeAcls(writer, acl)
    if (writer.length >= CHUNK_SIZE) yield flush(writer)
  }
  for (const item of source) {
    if (item.kind !== 'node') continue
    writer.string(item.path)
    writer.buffer(item.data)
    writer.long(lists.get(keyOf(item.acl))?.id ?? OPEN_ACL_ID)
    writePersistedStat(writer, item.stat)
    if (writer.length >= CHUNK_SIZE) yield flush(writer)
  }
  writer.string(END_OF_NODES)
  yield flush(writer)
}

interface Session {
  readonly id: bigint
  readonly timeoutMs: number
}

interface List {
  readonly id: bigint
  readonly acl: readonly Acl[]
}

interface Survey {
  readonly sessions: readonly Session[]
  readonly lists: ReadonlyMap<string, List>
}

/** Sessions, and the distinct ACL lists with ids from 1 in order of appearance. */
function* survey(items: Iterable<SnapshotItem>): Generator<Uint8Array, Survey> {
  const sessions: Session[] = []
  let surveyed = 0
  const lists = new Map<string, List>([[keyOf(OPEN_ACL), { id: OPEN_ACL_ID, acl: OPEN_ACL }]])
  for (const item of items) {
    surveyed += 1
    if (surveyed % SURVEY_STRIDE === 0) yield PAUSE
    if (item.kind === 'session') sessions.push(item)
    else {
      const key = keyOf(item.acl)
      // The open list is there from the start, so the first new one gets 1.
      if (!lists.has(key)) lists.set(key, { id: BigInt(lists.size), acl: item.acl })
    }
  }
  return { sessions, lists }
}

const keys = new WeakMap<readonly Acl[], string>()

/** Nodes share their lists, so a list is mostly known by its identity. */
const keyOf = (acl: readonly Acl[]): string => {
  const known = keys.get(acl)
  if (known !== undefined) return known
  const key = JSON.stringify(acl.map(({ permissions, id }) => [permissions, id.scheme, id.id]))
  keys.set(acl, key)
  return key
}

const isOneShot = (items: Iterable<SnapshotItem>): boolean => Object.is(items[Symbol.iterator](), items)

const flush = (writer: Writer): Uint8Array => {
  const chunk = writer.written()
  writer.reset()
  return chunk
}

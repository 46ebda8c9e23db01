/** Reading a state image record by record; the bytes may arrive in any chunks. */
import type { Acl } from '../service/acl.js'
import { END_OF_NODES, OPEN_ACL, OPEN_ACL_ID } from './image-encoder.js'
import { MINIMUM_ACL_SIZE, readAcl, readPersistedStat } from './record.js'
import type { Reader } from './reader.js'
import type { SnapshotFold } from '../service/snapshot.js'

type Phase = 'session count' | 'session' | 'list count' | 'list' | 'entry of a list' | 'node' | 'done'

/**
 * Feeds a fold. `readRecord` reads one record: a session, the head of an ACL list, one of its entries, a node. No
 * record but a string or buffer in it is long, so a record that is not all there yet is simply read again later.
 */
export class ImageDecoder<D> {
  private phase: Phase = 'session count'
  private remaining = 0
  private builder: unknown
  private readonly lists = new Map<bigint, readonly Acl[]>([[OPEN_ACL_ID, OPEN_ACL]])
  private listId = 0n
  private entries: Acl[] = []
  private entriesMissing = 0

  constructor(
    private readonly fold: SnapshotFold<D>,
    private readonly maximumLength: number,
  ) {
    this.builder = fold.start()
  }

  isDone(): boolean {
    return this.phase === 'done'
  }

  /** What the fold has gathered; for `finish`. */
  get gathered(): unknown {
    return this.builder
  }

  /** Reads one record. Nothing has changed when the reader has failed. Not to be called when done. */
  readRecord(reader: Reader): void {
    switch (this.phase) {
      case 'session count':
        this.readCount(reader, 'session')
        return
      case 'session':
        this.readSession(reader)
        return
      case 'list count':
        this.readCount(reader, 'list')
        return
      case 'list':
        this.readList(reader)
        return
      case 'entry of a list':
        this.readEntry(reader)
        return
      case 'node':
        this.readNode(reader)
        return
      case 'done':
        return
    }
  }

  private readCount(reader: Reader, next: 'session' | 'list'): void {
    const count = reader.int(`${next} count`)
    if (reader.hasFailed()) return
    if (count < 0) {
      reader.fail('BadLength', `${next} count`)
      return
    }
    this.remaining = count
    this.phase = count > 0 ? next : next === 'session' ? 'list count' : 'node'
  }

  private readSession(reader: Reader): void {
    const id = reader.long('session id')
    const timeoutMs = reader.int('session timeout')
    if (reader.hasFailed()) return
    this.builder = this.fold.add(this.builder, { kind: 'session', id, timeoutMs })
    this.remaining--
    if (this.remaining === 0) this.phase = 'list count'
  }

  private readList(reader: Reader): void {
    const id = reader.long('list id')
    const count = reader.int('acl')
    if (reader.hasFailed()) return
    if (count < -1 || count * MINIMUM_ACL_SIZE > this.maximumLength) {
      reader.fail('BadLength', 'acl')
      return
    }
    this.listId = id
    this.entries = []
    this.entriesMissing = Math.max(0, count)
    this.phase = 'entry of a list'
    if (this.entriesMissing === 0) this.endList()
  }

  private readEntry(reader: Reader): void {
    const entry = readAcl(reader)
    if (reader.hasFailed()) return
    this.entries.push(entry)
    this.entriesMissing--
    if (this.entriesMissing === 0) this.endList()
  }

  private endList(): void {
    this.lists.set(this.listId, this.entries)
    this.remaining--
    this.phase = this.remaining === 0 ? 'node' : 'list'
  }

  private readNode(reader: Reader): void {
    const path = reader.string('path')
    if (reader.hasFailed()) return
    if (path === END_OF_NODES) {
      this.phase = 'done'
      return
    }
    const data = reader.buffer('data')
    const listId = reader.long('acl')
    const stat = readPersistedStat(reader)
    if (reader.hasFailed()) return
    // A fuzzy image can name a list that was made after the lists were written: replay sets it again.
    const acl = this.lists.get(listId) ?? []
    this.builder = this.fold.add(this.builder, { kind: 'node', path, data, acl, stat })
  }
}

/** The order in which things become durable: groups of appends, and barriers between them. */
import { isNext } from '../../core/history.js'
import type { Durable, Token } from '../../core/effect.js'
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import type { Database } from '../../service/database.js'
import type { Transaction } from '../../service/transaction.js'
import { makeBatch } from './batch.js'
import type { Directories } from './cleaning.js'
import { installSnapshot, truncateHistory } from './cleaning.js'
import { writeConfiguration } from './committed-configuration.js'
import { forgetCommittedZxid, writeCommittedZxid } from './committed-zxid.js'
import { writeEpoch } from './epochs.js'
import type { StorageError } from './error.js'
import { showStorageError, StorageFailure, toStorageError } from './error.js'
import { tellReplacement, tellTruncation } from './given-up.js'
import type { LogWriter } from './log-writer.js'
import { ACCEPTED_EPOCH, CURRENT_EPOCH } from './names.js'
import type { Snapshotter } from './snapshotter.js'
import type { Counters } from './statistics.js'

export interface StorageEvents {
  /** Everything up to and including this token is durable. */
  readonly persisted: (token: Token) => void
  /** RECV-14: the server must stop. Called once; nothing is reported persisted afterwards. */
  readonly failed: (error: StorageError) => void
}

export interface Queue {
  readonly persist: (token: Token, durable: Durable<Transaction>, image: Database | undefined) => void
  readonly saveSnapshot: (zxid: Zxid, database: Database) => void
  /** Notes that everything up to there is committed, for the next start. */
  readonly noteCommitted: (zxid: Zxid) => void
  /** Nothing more is written or reported. */
  readonly abandon: (error: StorageError) => void
  /** Persist requests not yet reported. */
  readonly length: () => number
  readonly close: () => Promise<void>
}

type Item =
  | {
      readonly kind: 'Persist'
      readonly token: Token
      readonly durable: Durable<Transaction>
      readonly image: Database | undefined
    }
  | { readonly kind: 'Save'; readonly zxid: Zxid; readonly database: Database }
  /** The background snapshot is written: give it its name. In the queue, so that no truncation is under way. */
  | { readonly kind: 'Publish' }
  | { readonly kind: 'Note'; readonly zxid: Zxid }

/** Bytes after which a group is written, however much more is ready. One record may go beyond it. */
export const GROUP_BYTES = 4 * 1024 * 1024

/**
 * Records after a snapshot that could not be written before it is tried again: a hundredth of the usual `snapCount`. So the
 * alarm is repeated while there is work, and only then.
 */
export const SNAPSHOT_RETRY_RECORDS = 1000

export const makeQueue = (
  directories: Directories,
  writer: LogWriter,
  snapshotter: Snapshotter,
  counters: Counters,
  on: StorageEvents,
  lastZxid: Zxid,
  /** Rejects when this process must not touch the directory any more. Asked before old files are closed or removed. */
  checkOwner: () => Promise<void> = () => Promise.resolve(),
): Queue => {
  const batch = makeBatch()
  /** What has come since the worker last looked. */
  let incoming: Item[] = []
  /** What the worker is at: items before `next` are done, and `nextEntry` entries of the one there. */
  let working: readonly Item[] = []
  let next = 0
  let nextEntry = 0
  let end = lastZxid
  let state: 'idle' | 'running' | 'failed' | 'closed' = 'idle'
  let waiting = 0
  let whenIdle: (() => void) | undefined

  /** A snapshot that could not be written, and how many records had been when that was. */
  let owed: { readonly zxid: Zxid; readonly database: Database; readonly records: number } | undefined

  const enqueue = (item: Item): void => {
    if (state === 'failed' || state === 'closed') return
    incoming.push(item)
    if (state === 'running') return
    state = 'running'
    // All that this turn of the event loop brings goes into the first group.
    setImmediate(() => void run())
  }

  const run = async (): Promise<void> => {
    try {
      for (let item = peek(); item !== undefined; item = peek()) {
        if (item.kind === 'Persist' && item.durable.kind === 'Append') await commitGroup()
        else await passBarrier(item)
      }
      if (state === 'running') state = 'idle'
    } catch (thrown) {
      fail(toStorageError(thrown))
    }
    whenIdle?.()
  }

  const peek = (): Item | undefined => {
    if (next === working.length) {
      working = incoming
      incoming = []
      next = 0
    }
    return working[next]
  }

  const fail = (error: StorageError): void => {
    if (state === 'failed' || state === 'closed') return
    state = 'failed'
    incoming = []
    working = []
    next = 0
    snapshotter.cancel()
    on.failed(error)
  }

  const report = (token: Token, requests: number): void => {
    waiting -= requests
    // Abandoned while it was being written: what is on the disk may not be ours any more.
    if (state === 'failed') return
    on.persisted(token)
  }

  /** Puts entries into the batch up to its limit; the token of the last request that is in it whole, and their number. */
  const fill = (): { readonly token: Token | undefined; readonly requests: number; readonly first: Zxid } => {
    batch.reset()
    let token: Token | undefined
    let requests = 0
    let first = end
    for (; next < working.length; next += 1, nextEntry = 0) {
      const item = working[next]
      if (item?.kind !== 'Persist' || item.durable.kind !== 'Append') break
      const { entries } = item.durable
      for (; nextEntry < entries.length && batch.length() < GROUP_BYTES; nextEntry += 1) {
        const entry = entries[nextEntry]
        if (entry === undefined) break
        // Recovery would refuse such a log; better not to write it.
        if (!isNext(end, entry.zxid)) throw outOfOrder(end, entry.zxid)
        if (batch.count() === 0) first = entry.zxid
        batch.add(entry.transaction.bytes)
        end = entry.zxid
      }
      if (nextEntry < entries.length) break
      token = item.token
      requests += 1
    }
    return { token, requests, first }
  }

  const commitGroup = async (): Promise<void> => {
    const { token, requests, first } = fill()
    if (batch.count() > 0) await writer.append(batch, first)
    if (token !== undefined) report(token, requests)
    if (owed === undefined || counters.records - owed.records < SNAPSHOT_RETRY_RECORDS) return
    const { zxid, database } = owed
    owed = undefined
    enqueue({ kind: 'Save', zxid, database })
  }

  const passBarrier = async (item: Item): Promise<void> => {
    next += 1
    switch (item.kind) {
      case 'Persist':
        await makeDurable(item.durable, item.image)
        report(item.token, 1)
        return
      case 'Save':
        return beginSnapshot(item.zxid, item.database)
      case 'Publish':
        return snapshotter.publish()
      case 'Note':
        return note(item.zxid)
    }
  }

  /** Nothing depends on it, so that it cannot be written is no reason to stop: a full disk shows elsewhere. */
  const note = (zxid: Zxid): Promise<void> =>
    writeCommittedZxid(directories.fileSystem, directories.dataDirectory, zxid).catch((thrown: unknown) =>
      directories.log('warn', `the next start will need more memory: ${showStorageError(toStorageError(thrown))}`),
    )

  const beginSnapshot = async (zxid: Zxid, database: Database): Promise<void> => {
    if (snapshotter.isBusy()) {
      directories.log('info', `snapshot ${Z.toHex(zxid)} skipped: one is being written`)
      return
    }
    await checkOwner()
    owed = undefined
    await writer.roll()
    snapshotter.start(zxid, database, {
      written: () => enqueue({ kind: 'Publish' }),
      failed: () => {
        owed = { zxid, database, records: counters.records }
      },
    })
  }

  /** The history changes: neither a snapshot that is being written nor one that is owed may appear any more. */
  const giveUpSnapshot = (): void => {
    snapshotter.cancel()
    owed = undefined
  }

  const makeDurable = async (durable: Durable<Transaction>, image: Database | undefined): Promise<void> => {
    const { fileSystem, dataDirectory } = directories
    switch (durable.kind) {
      case 'AcceptedEpoch':
        return writeEpoch(fileSystem, dataDirectory, ACCEPTED_EPOCH, durable.epoch)
      case 'CurrentEpoch':
        return writeEpoch(fileSystem, dataDirectory, CURRENT_EPOCH, durable.epoch)
      case 'Configuration':
        return writeConfiguration(fileSystem, dataDirectory, durable.configuration)
      case 'Truncate':
        giveUpSnapshot()
        await checkOwner()
        await writer.roll()
        await forgetCommittedZxid(fileSystem, dataDirectory)
        tellTruncation(directories.log, end, durable.zxid)
        await truncateHistory(directories, durable.zxid)
        end = durable.zxid
        return
      case 'Snapshot':
        if (image === undefined) throw misused('a snapshot to store without its image')
        giveUpSnapshot()
        await checkOwner()
        await writer.roll()
        await forgetCommittedZxid(fileSystem, dataDirectory)
        counters.lastSnapshotBytes = await installSnapshot(directories, durable.zxid, image, durable.entries)
        counters.snapshots += 1
        tellReplacement(directories.log, end, durable.zxid, durable.entries.at(-1)?.zxid ?? durable.zxid)
        end = durable.entries.at(-1)?.zxid ?? durable.zxid
        return
      case 'Append':
        throw misused('an append is no barrier')
    }
  }

  return {
    persist: (token, durable, image) => {
      waiting += 1
      enqueue({ kind: 'Persist', token, durable, image })
    },
    saveSnapshot: (zxid, database) => enqueue({ kind: 'Save', zxid, database }),
    noteCommitted: (zxid) => enqueue({ kind: 'Note', zxid }),
    abandon: fail,
    length: () => waiting,
    close: async () => {
      snapshotter.cancel()
      if (state === 'running') await new Promise<void>((resolve) => (whenIdle = resolve))
      await snapshotter.settled()
      const hasFailed = state === 'failed'
      state = 'closed'
      // After a failure the file may be in any state, and the device may not answer: nothing more is asked of it.
      if (!hasFailed) await writer.roll().catch((thrown: unknown) => on.failed(toStorageError(thrown)))
    },
  }
}

const misused = (reason: string): StorageFailure => new StorageFailure({ kind: 'Misused', reason })

const outOfOrder = (previous: Zxid, zxid: Zxid): StorageFailure =>
  misused(`record ${Z.toHex(zxid)} is to be appended after ${Z.toHex(previous)}`)

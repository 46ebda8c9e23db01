/** From the files of a data directory to the state with which a server starts. RECV-10…12. */
import * as path from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { DurableState } from '../../core/effect.js'
import { fromArray } from '../../core/sequence.js'
import type { Epoch, Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import type { Database } from '../../service/database.js'
import * as D from '../../service/database.js'
import type { Transaction } from '../../service/transaction.js'
import { showWireError } from '../../wire/error.js'
import { decodeTransaction } from '../../wire/transaction.js'
import type { Directories } from './cleaning.js'
import { discardUnfinished, finishInstall } from './cleaning.js'
import { recoverConfiguration } from './committed-configuration.js'
import { recoverCommittedZxid } from './committed-zxid.js'
import { recoverEpochs } from './epochs.js'
import { StorageFailure } from './error.js'
import { initializedIn, useUp } from './initialize.js'
import type { LastEnsemble } from './last-ensemble.js'
import { recoverLastEnsemble } from './last-ensemble.js'
import type { ScannedRecord } from './log-reader.js'
import { logsAfter, replayLogs } from './logs.js'
import { ACCEPTED_EPOCH, fileName, filesOf } from './names.js'
import { makeReplayWindow } from './replay-window.js'
import {
  hasWrongDigest,
  isSnapshotName,
  listSnapshots,
  readSnapshot,
  syncSnapshot,
  writeSnapshot,
} from './snapshots.js'

export interface Recovered {
  readonly durable: DurableState<Transaction>
  /** The state at `durable.base`. The records after it are in `durable.entries`, not applied. */
  readonly database: Database
  readonly found: Found
  /** Records of the log between the newest snapshot and `durable.base`. */
  readonly applied: number
}

/** What the directory was like before this start. */
export interface Found {
  /** Empty, with or without the operator's word that it may be; or there is a history. */
  readonly state: 'History' | 'EmptyInitialized' | 'Empty'
  /** The promise found in it; 0 when there was none. ZooKeeper's standalone servers never make one. */
  readonly acceptedEpoch: Epoch
  readonly lastEnsemble: LastEnsemble | undefined
}

/**
 * RECV-10. On return everything that is reported is durable. Rejects with a StorageFailure.
 *
 * @param autocreate false: an empty directory is one that has lost its data, unless the operator says otherwise (ELEC-10)
 * @param decidesAlone this server is a quorum: what is in its log is committed
 */
export const recover = async (
  directories: Directories,
  autocreate = true,
  decidesAlone = false,
): Promise<Recovered> => {
  const { fileSystem, dataDirectory, directory } = directories
  await fileSystem.makeDirectory(dataDirectory)
  await fileSystem.makeDirectory(directory)
  await refuseMisplaced(directories)
  await discardUnfinished(directories)
  await finishInstall(directories)

  const newest = await newestSnapshot(directories)
  const initialized = await initializedIn(directories)
  const state = newest !== undefined ? 'History' : initialized.length > 0 ? 'EmptyInitialized' : 'Empty'
  const trusted = state !== 'Empty' || autocreate
  const image = newest ?? (await firstSnapshot(directories, trusted))
  const names = await fileSystem.list(dataDirectory)
  const lastEnsemble = await recoverLastEnsemble(fileSystem, dataDirectory, names)
  const isPromised = names.includes(ACCEPTED_EPOCH)
  const configuration = await recoverConfiguration(fileSystem, dataDirectory, names)
  const committed = decidesAlone ? LAST_ZXID : await recoverCommittedZxid(fileSystem, dataDirectory, names)
  const window = makeReplayWindow(image.database, image.base, directories.replayWindow, committed)
  const last = await replayLogs(directories, image.base, (record, file) => {
    window.add({ zxid: record.zxid, transaction: transactionOf(record, file) })
  })
  const { acceptedEpoch, currentEpoch } = await recoverEpochs(fileSystem, dataDirectory, names, last.epoch)
  // Nobody has a record of an epoch that he has not promised (DISC-4, SYNC-2). What is appended is checked all the same.
  if (acceptedEpoch < last.epoch) {
    const text = `acceptedEpoch is ${acceptedEpoch}, and the log has records of epoch ${last.epoch}: the file is not this log's`
    directories.log('warn', `${dataDirectory}: ${text}. See docs/repair.md`)
  }
  // RECV-12: names, too, may so far have been read from memory only.
  await fileSystem.syncDirectory(dataDirectory)
  await fileSystem.syncDirectory(directory)
  if (trusted) await useUp(directories, initialized)
  const { applied, base, database, entries } = window.end()
  const durable = { acceptedEpoch, currentEpoch, base, entries: fromArray(entries), trusted }
  const found = { state, acceptedEpoch: isPromised ? acceptedEpoch : 0, lastEnsemble } as const
  return { durable: configuration === undefined ? durable : { ...durable, configuration }, database, applied, found }
}

const LAST_ZXID = Z.zxid(Z.MAX_EPOCH, Z.MAX_COUNTER)

interface Image {
  readonly base: Zxid
  readonly database: Database
}

/** The newest snapshot that is good; undefined in a directory without any. */
const newestSnapshot = async (directories: Directories): Promise<Image | undefined> => {
  const { fileSystem, dataDirectory, log } = directories
  const snapshots = listSnapshots(await fileSystem.list(dataDirectory))
  const reasons: string[] = []
  for (const { name, zxid } of snapshots.toReversed()) {
    const image = await readSnapshot(directories, name, zxid)
    if (!isLeft(image)) {
      await syncSnapshot(directories, name)
      if (hasWrongDigest(image.right, zxid)) {
        log('warn', `${path.join(dataDirectory, name)}: its digest does not match its content`)
      }
      return { base: zxid, database: image.right.database }
    }
    reasons.push(`${name}: ${image.left}`)
    log('warn', `${path.join(dataDirectory, name)}: not usable: ${image.left}; trying an older snapshot`)
  }
  if (reasons.length > 0) throw new StorageFailure({ kind: 'NoValidSnapshot', directory: dataDirectory, reasons })
  return undefined
}

/**
 * As ZooKeeper does, an empty directory gets a snapshot of the empty state: from then on there is always one. Not one that
 * is not trusted: only a leader's image ends that, and another start must find what this one has found.
 */
const firstSnapshot = async (directories: Directories, trusted: boolean): Promise<Image> => {
  const { fileSystem, dataDirectory, directory } = directories
  const logs = logsAfter(Z.ZERO, await fileSystem.list(directory))
  const [log] = logs
  if (log !== undefined)
    throw new StorageFailure({ kind: 'LogWithoutSnapshot', directory: dataDirectory, log: log.name })
  if (!trusted) return { base: Z.ZERO, database: D.empty }
  const temporary = path.join(dataDirectory, fileName('saving-snapshot', Z.ZERO))
  await writeSnapshot(fileSystem, temporary, Z.ZERO, D.empty, () => false)
  await fileSystem.rename(temporary, path.join(dataDirectory, fileName('snapshot', Z.ZERO)))
  await fileSystem.syncDirectory(dataDirectory)
  return { base: Z.ZERO, database: D.empty }
}

const transactionOf = (record: ScannedRecord, file: string): Transaction => {
  const decoded = decodeTransaction(record.payload.slice())
  if (isLeft(decoded)) {
    const reason = showWireError(decoded.left)
    throw new StorageFailure({ kind: 'CorruptLog', path: file, offset: record.offset, reason })
  }
  return decoded.right.transaction
}

const refuseMisplaced = async (directories: Directories): Promise<void> => {
  const { fileSystem, dataDirectory, directory } = directories
  if (dataDirectory === directory) return
  const logs = filesOf('log', await fileSystem.list(dataDirectory)).map((file) => path.join(dataDirectory, file.name))
  const names = await fileSystem.list(directory)
  const snapshots = names.filter(isSnapshotName).map((name) => path.join(directory, name))
  const [misplaced] = [...logs, ...snapshots]
  if (misplaced !== undefined) throw new StorageFailure({ kind: 'MisplacedFile', path: misplaced })
}

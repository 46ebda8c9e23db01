/** From the files of a data directory to the state with which a server starts. RECV-10…12. */
import * as path from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { DurableState } from '../../core/effect.js'
import type { Entry } from '../../core/message.js'
import { fromArray } from '../../core/sequence.js'
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import type { Database } from '../../service/database.js'
import * as D from '../../service/database.js'
import type { Transaction } from '../../service/transaction.js'
import { showWireError } from '../../wire/error.js'
import { decodeTransaction } from '../../wire/transaction.js'
import type { Directories } from './cleaning.js'
import { discardUnfinished, finishInstall } from './cleaning.js'
import { recoverConfiguration } from './committed-configuration.js'
import { recoverEpochs } from './epochs.js'
import { StorageFailure } from './error.js'
import type { ScannedRecord } from './log-reader.js'
import { logsAfter, replayLogs } from './logs.js'
import { fileName, filesOf } from './names.js'
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
}

/** RECV-10. On return everything that is reported is durable. Rejects with a StorageFailure. */
export const recover = async (directories: Directories): Promise<Recovered> => {
  const { fileSystem, dataDirectory, directory } = directories
  await fileSystem.makeDirectory(dataDirectory)
  await fileSystem.makeDirectory(directory)
  await refuseMisplaced(directories)
  await discardUnfinished(directories)
  await finishInstall(directories)

  const { base, database } = (await newestSnapshot(directories)) ?? (await firstSnapshot(directories))
  const entries: Entry<Transaction>[] = []
  const last = await replayLogs(directories, base, (record, file) => {
    entries.push({ zxid: record.zxid, transaction: transactionOf(record, file) })
  })
  const names = await fileSystem.list(dataDirectory)
  const { acceptedEpoch, currentEpoch } = await recoverEpochs(fileSystem, dataDirectory, names, last.epoch)
  const configuration = await recoverConfiguration(fileSystem, dataDirectory, names)
  // RECV-12: names, too, may so far have been read from memory only.
  await fileSystem.syncDirectory(dataDirectory)
  await fileSystem.syncDirectory(directory)
  const durable = { acceptedEpoch, currentEpoch, base, entries: fromArray(entries), trusted: true }
  return { durable: configuration === undefined ? durable : { ...durable, configuration }, database }
}

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

/** As ZooKeeper does, an empty directory gets a snapshot of the empty state: from then on there is always one. */
const firstSnapshot = async (directories: Directories): Promise<Image> => {
  const { fileSystem, dataDirectory, directory } = directories
  const logs = logsAfter(Z.ZERO, await fileSystem.list(directory))
  const [log] = logs
  if (log !== undefined)
    throw new StorageFailure({ kind: 'LogWithoutSnapshot', directory: dataDirectory, log: log.name })
  const temporary = path.join(dataDirectory, fileName('saving-snapshot', Z.ZERO))
  await writeSnapshot(fileSystem, temporary, Z.ZERO, D.empty, () => false)
  await fileSystem.rename(temporary, path.join(dataDirectory, fileName('snapshot', Z.ZERO)))
  await fileSystem.syncDirectory(dataDirectory)
  // Permission to begin empty, given once (ELEC-10).
  await fileSystem.remove(path.join(path.dirname(directory), 'initialize'))
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

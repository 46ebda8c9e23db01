/**
 * Appends to the transaction log: the current file, its preallocation, and the start of a new one.
 *
 * A file that was there before this process is never appended to: each start, roll and truncation begins a new one,
 * named by its first record.
 */
import * as path from 'node:path'
import type { Zxid } from '../../core/zxid.js'
import type { Batch } from './batch.js'
import { LOG_HEADER_SIZE } from '../../wire/log.js'
import type { File, FileSystem } from './file-system.js'
import { fileName } from './names.js'
import type { Counters } from './statistics.js'

export interface LogWriterOptions {
  readonly directory: string
  /** Step in which files grow ahead of their records; 0: no preallocation. */
  readonly preAllocBytes: number
  /** False: records are written, and not made durable (`forceSync=no`). */
  readonly forceSync: boolean
}

export interface LogWriter {
  /** On return the records of the batch survive a crash. `first`: the zxid of the first of them. */
  readonly append: (batch: Batch, first: Zxid) => Promise<void>
  /** The next append begins a new file. */
  readonly roll: () => Promise<void>
}

/** ZooKeeper grows a file when less than this is left of it. */
const MARGIN_BYTES = 4096

interface Current {
  readonly file: File
  /** End of the last record. */
  position: number
  /** Size of the file. */
  size: number
}

export const makeLogWriter = (fileSystem: FileSystem, options: LogWriterOptions, counters: Counters): LogWriter => {
  const { directory, preAllocBytes, forceSync } = options
  let current: Current | undefined

  /**
   * Grows the file ahead of its records, by its size only: the space reads as zeros and takes no blocks before it is
   * written. What is gained is that an append does not change the size, so fdatasync has less metadata to write.
   */
  const preallocate = async (log: Current, length: number): Promise<void> => {
    const end = log.position + length
    if (preAllocBytes === 0 || end + MARGIN_BYTES < log.size) return
    const grown = log.position === 0 ? LOG_HEADER_SIZE + preAllocBytes : Math.max(log.size, end) + preAllocBytes
    log.size = Math.max(grown, end + MARGIN_BYTES)
    await log.file.truncate(log.size)
  }

  const sync = async (file: File): Promise<void> => {
    if (!forceSync) return
    const startedMs = performance.now()
    await file.sync()
    const elapsedMs = performance.now() - startedMs
    counters.fsyncs += 1
    counters.fsyncTotalMs += elapsedMs
    if (elapsedMs > counters.fsyncMaxMs) counters.fsyncMaxMs = elapsedMs
  }

  return {
    append: async (batch, first) => {
      const isNew = current === undefined
      // `create` refuses an existing file: recovery has removed every file that holds no record.
      const log = (current ??= {
        file: await fileSystem.open(path.join(directory, fileName('log', first)), 'create'),
        position: 0,
        size: 0,
      })
      const bytes = isNew ? batch.withHeader() : batch.records()
      await preallocate(log, bytes.length)
      await log.file.write(bytes, bytes.length, log.position)
      await sync(log.file)
      if (isNew && forceSync) await fileSystem.syncDirectory(directory)
      log.position += bytes.length
      counters.records += batch.count()
      counters.recordBytes += bytes.length
      counters.groups += 1
    },
    roll: async () => {
      if (current === undefined) return
      const log = current
      current = undefined
      // The padding has served; records are durable already, so this need not be.
      if (log.size > log.position) await log.file.truncate(log.position)
      await log.file.close()
    },
  }
}

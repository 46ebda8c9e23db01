import * as path from 'node:path'
import type { Directories } from './cleaning.js'
import type { FileSystem } from './file-system.js'
import { withFile } from './file-system.js'
import { filesOf } from './names.js'
import { listSnapshots } from './snapshots.js'

/** What storage counts. Reset by no one. */
export interface StorageStatistics {
  /** Log records made durable, and their bytes. */
  readonly records: number
  readonly recordBytes: number
  /** Groups: one write and one fdatasync each. */
  readonly groups: number
  readonly fsyncs: number
  readonly fsyncTotalMs: number
  readonly fsyncMaxMs: number
  readonly snapshots: number
  /** Attempts to write a snapshot that failed; and how many of the last ones, without a good one in between. */
  readonly failedSnapshots: number
  readonly failedSnapshotsInARow: number
  readonly lastSnapshotBytes: number
  readonly lastSnapshotMs: number
  /** Persist requests that are not durable yet. */
  readonly queued: number
  /** Sizes of the files, as of the last start, roll or snapshot. */
  readonly dataBytes: number
  readonly logBytes: number
}

/** The same, while it is counted; `queued` is known elsewhere. */
export type Counters = { -readonly [K in Exclude<keyof StorageStatistics, 'queued'>]: StorageStatistics[K] }

export const makeCounters = (): Counters => ({
  records: 0,
  recordBytes: 0,
  groups: 0,
  fsyncs: 0,
  fsyncTotalMs: 0,
  fsyncMaxMs: 0,
  snapshots: 0,
  failedSnapshots: 0,
  failedSnapshotsInARow: 0,
  lastSnapshotBytes: 0,
  lastSnapshotMs: 0,
  dataBytes: 0,
  logBytes: 0,
})

/** Sums the sizes of the files, as `ls` shows them: preallocated space counts. */
export const measureDirectories = async (directories: Directories, counters: Counters): Promise<void> => {
  const { fileSystem, dataDirectory, directory } = directories
  counters.dataBytes = await sizeOf(fileSystem, dataDirectory, listSnapshots(await fileSystem.list(dataDirectory)))
  counters.logBytes = await sizeOf(fileSystem, directory, filesOf('log', await fileSystem.list(directory)))
}

const sizeOf = async (
  fileSystem: FileSystem,
  directory: string,
  files: readonly { readonly name: string }[],
): Promise<number> => {
  let sum = 0
  for (const { name } of files) sum += await withFile(fileSystem, path.join(directory, name), (file) => file.size())
  return sum
}

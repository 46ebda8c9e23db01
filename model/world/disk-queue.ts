/** The way to one disk: syncs one after another, each of all that was written before it began; slow, failing, or the last. */
import type { Token } from '../../src/core/effect.js'
import type { CrashPoint, Loss } from './command.js'
import type { Disk, DiskWrite } from './disk.js'
import type { Random } from './random.js'

export interface DiskQueueHost {
  readonly schedule: (afterMs: number, run: () => void) => void
  readonly random: Random
  readonly isRunning: () => boolean
  /** Something may have become durable. */
  readonly synced: () => void
  readonly persisted: (token: Token) => void
  /** The process dies; RECV-14 when for a reason. */
  readonly stop: (reason: string | undefined, loss: Loss | undefined) => void
}

export interface DiskQueue {
  readonly write: (operation: DiskWrite) => void
  /** The process has died; what it has written is the disk's. */
  readonly stop: () => void
  readonly crashAt: (point: CrashPoint, loss?: Loss) => void
  readonly forgetCrash: () => void
  readonly fail: (error: 'EIO' | 'ENOSPC') => void
  readonly factor: () => number
  readonly setFactor: (factor: number) => void
  /** As fast as ever, and with space. */
  readonly mend: () => void
}

const MIN_SYNC_MS = 1
const MAX_SYNC_MS = 3

export const makeDiskQueue = (disk: Disk, host: DiskQueueHost): DiskQueue => {
  let process = 0
  let isSyncing = false
  let factor = 1
  let failure: 'EIO' | 'ENOSPC' | undefined
  let crash: { readonly point: CrashPoint; readonly loss: Loss | undefined } | undefined

  const sync = (): void => {
    if (isSyncing || disk.pendingCount() === 0) return
    isSyncing = true
    const started = process
    const count = disk.pendingCount()
    host.schedule(host.random.between(MIN_SYNC_MS, MAX_SYNC_MS) * factor, () => {
      if (process === started) finish(count)
    })
  }

  const finish = (count: number): void => {
    isSyncing = false
    if (failure !== undefined) fail(failure)
    else if (crash !== undefined && dies(count, crash.point)) host.stop(undefined, crash.loss)
    else complete(count)
  }

  const complete = (count: number): void => {
    const token = disk.sync(count)
    host.synced()
    sync()
    if (token !== undefined) host.persisted(token)
  }

  /** RECV-14. After a sync that failed some of it may be on the disk all the same. */
  const fail = (error: 'EIO' | 'ENOSPC'): void => {
    if (error === 'EIO') failure = undefined
    host.stop(`the disk fails: ${error}`, undefined)
  }

  /** Makes durable what the point of the crash asks for; false when it has not come to it. */
  const dies = (count: number, point: CrashPoint): boolean => {
    switch (point) {
      case 'unsynced':
        return true
      case 'synced':
        disk.sync(count)
        host.synced()
        return true
      case 'rename': {
        const kinds = disk.pending().slice(0, count)
        const renamed = kinds.findIndex((kind) => kind === 'AcceptedEpoch' || kind === 'CurrentEpoch')
        if (renamed < 0) return false
        disk.sync(renamed)
        host.synced()
        return true
      }
    }
  }

  return {
    write: (operation) => {
      disk.write(operation)
      sync()
    },
    stop: () => {
      process += 1
      isSyncing = false
      crash = undefined
    },
    crashAt: (point, loss) => {
      if (host.isRunning()) crash = { point, loss: point === 'rename' ? 'all' : loss }
    },
    forgetCrash: () => {
      crash = undefined
    },
    fail: (error) => {
      failure = error
    },
    factor: () => factor,
    setFactor: (next) => {
      factor = next
    },
    mend: () => {
      factor = 1
      failure = undefined
    },
  }
}

/** A storage under test: transactions to store, waiting for tokens, and what was recovered in a form to compare. */
import type { Configuration, ServerId } from '../../../../src/core/configuration.js'
import type { Durable } from '../../../../src/core/effect.js'
import type { Entry } from '../../../../src/core/message.js'
import { toArray } from '../../../../src/core/sequence.js'
import type { Zxid } from '../../../../src/core/zxid.js'
import * as Z from '../../../../src/core/zxid.js'
import type { Database } from '../../../../src/service/database.js'
import * as D from '../../../../src/service/database.js'
import type { Transaction } from '../../../../src/service/transaction.js'
import type { StorageError } from '../../../../src/shell/storage/error.js'
import { StorageFailure, toStorageError } from '../../../../src/shell/storage/error.js'
import type { FileSystem } from '../../../../src/shell/storage/file-system.js'
import type { Storage, StorageOptions } from '../../../../src/shell/storage/storage.js'
import { openStorageOn } from '../../../../src/shell/storage/storage.js'
import { encodeTransaction } from '../../../../src/wire/transaction.js'

/** A record of `size` data bytes; `tag` tells histories apart that use the same zxid. */
export const entry = (epoch: number, counter: number, size = 20, tag = 0): Entry<Transaction> => {
  const zxid = Z.zxid(epoch, counter)
  const data = new Uint8Array(size).fill(1 + (counter % 255))
  const fields = {
    sessionId: 0x100n,
    cxid: tag,
    timeMs: 1_700_000_000_000 + counter,
    record: { type: 'setData', path: '/node', data, version: counter },
    digest: 7n,
  } as const
  return { zxid, transaction: { ...fields, bytes: encodeTransaction(zxid, fields) } }
}

export const entries = (epoch: number, from: number, to: number, size = 20, tag = 0): readonly Entry<Transaction>[] =>
  Array.from({ length: to - from + 1 }, (_, index) => entry(epoch, from + index, size, tag))

export const databaseAt = (zxid: Zxid): Database => D.withLastProcessed(D.empty, zxid)

/** Voters of a majority, on one host. */
export const configurationOf = (version: Zxid, ids: readonly ServerId[]): Configuration => ({
  version,
  members: ids.map((id) => ({
    id,
    role: 'participant',
    host: 'host',
    quorumPort: 2000 + id,
    electionPort: 3000 + id,
  })),
  quorums: { kind: 'Majority', voters: ids },
})

/** `1:7` or, with a tag, `1:7#2`. */
export const nameOf = ({ zxid, transaction }: Entry<Transaction>): string =>
  transaction.cxid === 0 ? Z.show(zxid) : `${Z.show(zxid)}#${transaction.cxid}`

export const defaultOptions: StorageOptions = {
  dataDir: '/data',
  dataLogDir: '/data',
  preAllocSizeKiB: 8,
  snapRetainCount: 3,
  purgeIntervalHours: 0,
  forceSync: true,
  autocreate: true,
  decidesAlone: false,
  log: () => undefined,
}

export interface Opened {
  readonly storage: Storage
  /** Tokens as they were reported. */
  readonly persisted: readonly number[]
  readonly failure: () => StorageError | undefined
  /** Persists and waits; rejects with the StorageFailure when storage fails. */
  readonly persist: (durable: Durable<Transaction>, image?: Database) => Promise<void>
  readonly append: (list: readonly Entry<Transaction>[]) => Promise<void>
  readonly names: () => readonly string[]
}

export const watch = (): {
  readonly on: { readonly persisted: (token: number) => void; readonly failed: (error: StorageError) => void }
  readonly bind: (storage: Storage) => Opened
} => {
  const persisted: number[] = []
  const waiters: { readonly token: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[] =
    []
  let failure: StorageError | undefined
  let token = 0
  return {
    on: {
      persisted: (reported) => {
        persisted.push(reported)
        while (waiters[0] !== undefined && waiters[0].token <= reported) waiters.shift()?.resolve()
      },
      failed: (error) => {
        failure = error
        for (const waiter of waiters.splice(0)) waiter.reject(new StorageFailure(error))
      },
    },
    bind: (storage) => {
      const persist = (durable: Durable<Transaction>, image?: Database): Promise<void> => {
        token += 1
        const mine = token
        if (failure !== undefined) return Promise.reject(new StorageFailure(failure))
        const result = new Promise<void>((resolve, reject) => void waiters.push({ token: mine, resolve, reject }))
        storage.persist(mine, durable, image)
        return result
      }
      return {
        storage,
        persisted,
        failure: () => failure,
        persist,
        append: (list) => persist({ kind: 'Append', entries: list }),
        names: () => toArray(storage.recovered.durable.entries).map(nameOf),
      }
    },
  }
}

export const open = async (fileSystem: FileSystem, options: Partial<StorageOptions> = {}): Promise<Opened> => {
  const { on, bind } = watch()
  return bind(await openStorageOn(fileSystem, { ...defaultOptions, ...options }, on))
}

/** The StorageError with which a promise is rejected. */
export const errorOf = (promise: Promise<unknown>): Promise<StorageError | undefined> =>
  promise.then(
    () => undefined,
    (thrown: unknown) => toStorageError(thrown),
  )

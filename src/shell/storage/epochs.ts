/** The two epoch files: ASCII decimal, no newline, replaced atomically. RECV-1…5. */
import * as path from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Epoch } from '../../core/zxid.js'
import { decodeEpoch, encodeEpoch } from '../../wire/number-file.js'
import { StorageFailure } from './error.js'
import type { FileSystem } from './file-system.js'
import { ACCEPTED_EPOCH, CURRENT_EPOCH } from './names.js'
import { discardTemporary, readDurably, replaceFile } from './whole-file.js'

export type EpochFile = typeof ACCEPTED_EPOCH | typeof CURRENT_EPOCH

/** On return the epoch survives a crash. */
export const writeEpoch = (fileSystem: FileSystem, directory: string, name: EpochFile, epoch: Epoch): Promise<void> =>
  replaceFile(fileSystem, directory, name, encodeEpoch(epoch))

/** Bytes of an epoch file that are read; a longer one is no epoch, and the server does not start. */
const LONGEST = 64

const readEpoch = (fileSystem: FileSystem, location: string): Promise<Epoch> =>
  readDurably(fileSystem, location, LONGEST, (bytes) => {
    const epoch = decodeEpoch(bytes)
    if (!isLeft(epoch)) return epoch.right
    const text = new TextDecoder().decode(bytes).trim()
    throw new StorageFailure({ kind: 'BadEpochFile', path: location, text })
  })

export interface Epochs {
  readonly acceptedEpoch: Epoch
  readonly currentEpoch: Epoch
}

/**
 * RECV-10. A missing file is made from the epoch of the last zxid (upgrade, first start). A currentEpoch below that
 * epoch is what a crash between "history durable" and "epoch durable" leaves (SYNC-2, SYNC-14): the old one stays.
 */
export const recoverEpochs = async (
  fileSystem: FileSystem,
  directory: string,
  names: readonly string[],
  lastEpoch: Epoch,
): Promise<Epochs> => {
  for (const name of [ACCEPTED_EPOCH, CURRENT_EPOCH]) await discardTemporary(fileSystem, directory, name)
  const read = (name: EpochFile): Promise<Epoch | undefined> =>
    names.includes(name) ? readEpoch(fileSystem, path.join(directory, name)) : Promise.resolve(undefined)
  const stored = { accepted: await read(ACCEPTED_EPOCH), current: await read(CURRENT_EPOCH) }
  const acceptedEpoch = stored.accepted ?? lastEpoch
  const currentEpoch = stored.current ?? lastEpoch
  if (acceptedEpoch < currentEpoch) {
    throw new StorageFailure({ kind: 'EpochsContradict', directory, acceptedEpoch, currentEpoch })
  }
  if (stored.accepted === undefined) await writeEpoch(fileSystem, directory, ACCEPTED_EPOCH, acceptedEpoch)
  if (stored.current === undefined) await writeEpoch(fileSystem, directory, CURRENT_EPOCH, currentEpoch)
  return { acceptedEpoch, currentEpoch }
}

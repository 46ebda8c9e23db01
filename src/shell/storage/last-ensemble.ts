/**
 * The mark of whom a data directory belongs to: the ensemble that this server last ran as a member of, or that it last
 * ran alone. It tells a directory whose configuration got lost from one that always was a standalone server's.
 *
 * The file holds the text of the configuration, its version in the last line, or the one word `alone`; and a newline. A
 * text that was cut anywhere does not end with one. ZooKeeper never looks at this file.
 */
import * as path from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Configuration } from '../../core/configuration.js'
import {
  MAXIMUM_TEXT_LENGTH,
  parseConfigurationText,
  renderConfigurationText,
} from '../../service/configuration/text.js'
import { StorageFailure } from './error.js'
import type { FileSystem } from './file-system.js'
import { LAST_ENSEMBLE } from './names.js'
import { discardTemporary, readDurably, replaceFile } from './whole-file.js'

export type LastEnsemble =
  | { readonly kind: 'Alone' }
  | { readonly kind: 'Ensemble'; readonly configuration: Configuration }

const ALONE = 'alone'

const render = (last: LastEnsemble): string =>
  `${last.kind === 'Alone' ? ALONE : renderConfigurationText(last.configuration)}\n`

export const isSame = (one: LastEnsemble | undefined, other: LastEnsemble): boolean =>
  one !== undefined && render(one) === render(other)

/** On return the mark survives a crash. */
export const writeLastEnsemble = (fileSystem: FileSystem, directory: string, last: LastEnsemble): Promise<void> =>
  replaceFile(fileSystem, directory, LAST_ENSEMBLE, new TextEncoder().encode(render(last)))

/** RECV-10. Undefined: no mark has been made here. Rejects when the file is not as it was written. */
export const recoverLastEnsemble = async (
  fileSystem: FileSystem,
  directory: string,
  names: readonly string[],
): Promise<LastEnsemble | undefined> => {
  await discardTemporary(fileSystem, directory, LAST_ENSEMBLE)
  if (!names.includes(LAST_ENSEMBLE)) return undefined
  const location = path.join(directory, LAST_ENSEMBLE)
  return readDurably(fileSystem, location, LONGEST, (bytes) => understand(bytes, location))
}

/** UTF-8 takes at most three bytes for one UTF-16 unit; a longer file is too long as a text, too. */
const LONGEST = 3 * MAXIMUM_TEXT_LENGTH + 1

const understand = (bytes: Uint8Array, location: string): LastEnsemble => {
  const refuse = (reason: string): StorageFailure =>
    new StorageFailure({ kind: 'BadEnsembleFile', path: location, reason })
  const text = new TextDecoder().decode(bytes)
  if (text === `${ALONE}\n`) return { kind: 'Alone' }
  if (!/(?:^|\n)version=[0-9a-f]+\n$/.test(text)) throw refuse(`it is neither "${ALONE}" nor ends with a version`)
  const parsed = parseConfigurationText(text.slice(0, -1))
  if (isLeft(parsed)) throw refuse(parsed.left)
  if (parsed.right.members.length === 0) throw refuse('it names no server')
  return { kind: 'Ensemble', configuration: parsed.right }
}

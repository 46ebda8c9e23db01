/**
 * The file of the newest configuration that is known to be committed, in a directory where one has been. RECFG-4, RECFG-5.
 *
 * It holds the configuration text, its version in the last line, and a newline: a text that was cut anywhere does not end
 * with one. ZooKeeper keeps such a text beside zoo.cfg, as `zoo.cfg.dynamic.…`, and never looks at this file.
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
import { COMMITTED_CONFIGURATION } from './names.js'
import { discardTemporary, readDurably, replaceFile } from './whole-file.js'

/** On return the configuration survives a crash. */
export const writeConfiguration = (
  fileSystem: FileSystem,
  directory: string,
  configuration: Configuration,
): Promise<void> => {
  const bytes = new TextEncoder().encode(`${renderConfigurationText(configuration)}\n`)
  return replaceFile(fileSystem, directory, COMMITTED_CONFIGURATION, bytes)
}

/** RECV-10. Undefined: no configuration has been committed here. Rejects when the file is not as it was written. */
export const recoverConfiguration = async (
  fileSystem: FileSystem,
  directory: string,
  names: readonly string[],
): Promise<Configuration | undefined> => {
  await discardTemporary(fileSystem, directory, COMMITTED_CONFIGURATION)
  if (!names.includes(COMMITTED_CONFIGURATION)) return undefined
  const location = path.join(directory, COMMITTED_CONFIGURATION)
  return readDurably(fileSystem, location, LONGEST, (bytes) => understand(bytes, location))
}

/** UTF-8 takes at most three bytes for one UTF-16 unit; a longer file is too long as a text, too. */
const LONGEST = 3 * MAXIMUM_TEXT_LENGTH + 1

const understand = (bytes: Uint8Array, location: string): Configuration => {
  const refuse = (reason: string): StorageFailure =>
    new StorageFailure({ kind: 'BadConfigurationFile', path: location, reason })
  const text = new TextDecoder().decode(bytes)
  if (!/(?:^|\n)version=[0-9a-f]+\n$/.test(text)) throw refuse('it does not end with a version')
  const parsed = parseConfigurationText(text.slice(0, -1))
  if (isLeft(parsed)) throw refuse(parsed.left)
  if (parsed.right.members.length === 0) throw refuse('it names no server')
  return parsed.right
}

/**
 * Writes what the ensemble agreed on beside zoo.cfg, as ZooKeeper does, where zoo.cfg has `dynamicConfigFile`.
 *
 * For people and for a way back to ZooKeeper's servers: what counts here is `committedConfiguration` in the data directory,
 * so a file that cannot be written is said once and harms nobody. Each of the two files is replaced as a whole.
 */
import { readFile } from 'node:fs/promises'
import * as path from 'node:path'
import type { Configuration, ServerId } from '../../core/configuration.js'
import type { Log } from '../server/log.js'
import type { FileSystem } from '../storage/file-system.js'
import { replaceFile } from '../storage/whole-file.js'
import { dynamicFileName, renderDynamicFile, repoint } from './dynamic-file.js'

export interface DynamicFileWriter {
  /** Returns at once; configurations are written one after the other. */
  readonly committed: (configuration: Configuration) => void
  /** All that was committed so far is written, or has failed. */
  readonly settled: () => Promise<void>
}

export const makeDynamicFileWriter = (
  zooCfg: string,
  self: ServerId,
  fileSystem: FileSystem,
  log: Pick<Log, 'warn'>,
): DynamicFileWriter => {
  let last: Promise<void> = Promise.resolve()
  let hasFailed = false

  const write = async (configuration: Configuration): Promise<void> => {
    // A server that was let go finds itself in the lines that it has, and could not start with those of the others.
    if (!configuration.members.some(({ id }) => id === self)) return
    const directory = path.dirname(zooCfg)
    const name = dynamicFileName(path.basename(zooCfg), configuration)
    const text = repoint(await readFile(zooCfg, 'utf8'), path.join(directory, name), configuration, self)
    if (text === undefined) throw new Error(`${zooCfg} can no longer be read`)
    await replaceFile(fileSystem, directory, name, new TextEncoder().encode(renderDynamicFile(configuration)))
    await replaceFile(fileSystem, directory, path.basename(zooCfg), new TextEncoder().encode(text))
  }

  const attempt = async (configuration: Configuration): Promise<void> => {
    try {
      await write(configuration)
    } catch (error) {
      if (!hasFailed)
        log.warn(
          `the configuration is not written beside ${zooCfg}: ${error instanceof Error ? error.message : String(error)}; ` +
            'committedConfiguration in dataDir has it, and counts',
        )
      hasFailed = true
    }
  }

  return {
    committed: (configuration) => {
      last = last.then(() => attempt(configuration))
    },
    settled: () => last,
  }
}

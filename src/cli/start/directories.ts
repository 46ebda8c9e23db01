/** The data directory of an ensemble: what is in it, and writing each server's files. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DIRECTORY_MODE, FILE_MODE } from '../../shell/storage/file-system.js'
import { parse } from '../../shell/configuration/zoo-cfg.js'
import { INITIALIZE } from '../../shell/storage/names.js'
import { zooCfgFile } from './child.js'
import type { Plan } from './layout.js'

/** The servers that have data in the directory. */
const withData = (dataDir: string): readonly string[] =>
  (existsSync(dataDir) ? readdirSync(dataDir) : []).filter(
    (name) => /^server\.\d+$/.test(name) && existsSync(path.join(dataDir, name, 'version-2')),
  )

export const isNew = (dataDir: string): boolean => withData(dataDir).length === 0

/** The number of voters whose data the directory holds; undefined when it holds none. */
export const votersOnDisk = (dataDir: string): number | undefined => {
  const [used] = withData(dataDir)
  const file = path.join(dataDir, used ?? '', 'zoo.cfg')
  if (used === undefined || !existsSync(file)) return undefined
  const parsed = parse(readFileSync(file, 'utf8'), file)
  if (parsed._tag === 'Left') return undefined
  return parsed.right.settings.ensemble.members.filter(({ role }) => role === 'participant').length
}

/**
 * Writes myid and zoo.cfg; whatever else is there stays. When the whole ensemble is new, so is this server: the mark says
 * so. A server without data beside others that have some is one that has lost it.
 */
export const prepareDirectory = (plan: Plan, isNewEnsemble: boolean): void => {
  mkdirSync(plan.directory, { recursive: true, mode: DIRECTORY_MODE })
  writeFileSync(path.join(plan.directory, 'myid'), `${plan.id}\n`, { mode: FILE_MODE })
  writeFileSync(zooCfgFile(plan), plan.zooCfg, { mode: FILE_MODE })
  if (isNewEnsemble) writeFileSync(path.join(plan.directory, INITIALIZE), '', { mode: FILE_MODE })
}

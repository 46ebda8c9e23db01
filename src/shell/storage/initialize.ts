/**
 * The empty file `initialize`: the operator's word that this directory has never held data, given once. ELEC-10.
 *
 * ZooKeeper's servers look for it in dataLogDir, ZooKeeper's own script writes it to dataDir; here both count.
 */
import * as path from 'node:path'
import type { Directories } from './cleaning.js'
import { INITIALIZE } from './names.js'

const placesOf = ({ dataDirectory, directory }: Directories): readonly string[] => [
  ...new Set([path.dirname(directory), path.dirname(dataDirectory)]),
]

/** The places where the file is. */
export const initializedIn = async (directories: Directories): Promise<readonly string[]> => {
  const places: string[] = []
  for (const place of placesOf(directories)) {
    if ((await directories.fileSystem.list(place)).includes(INITIALIZE)) places.push(place)
  }
  return places
}

/** Once there is a durable state: a mark that outlived it would stand for a directory that has lost it. */
export const useUp = async ({ fileSystem }: Directories, places: readonly string[]): Promise<void> => {
  for (const place of places) {
    await fileSystem.remove(path.join(place, INITIALIZE))
    await fileSystem.syncDirectory(place)
  }
}

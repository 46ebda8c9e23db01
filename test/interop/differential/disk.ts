/** What another server makes of a data directory, node by node. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { Kind } from '../../support/server-process.js'
import { startAlone } from './servers.js'
import { TreeReader } from './tree.js'

export type Tree = ReadonlyMap<string, string>

/** Apache's servers look at no access list then, so that the whole tree can be read. */
const SKIP_ACL = ['skipACL=yes']

/** The tree that a server of this kind serves from a copy of that directory. `paths`: all there are, when given. */
export const treeFrom = async (kind: Kind, data: string, place: string, paths?: readonly string[]): Promise<Tree> => {
  cpSync(data, join(place, 'data'), { recursive: true })
  const server = await startAlone(kind, place, kind === 'apache' ? SKIP_ACL : [])
  const reader = await TreeReader.open(server.clientPort)
  try {
    return await reader.tree(paths ?? (await reader.paths()))
  } finally {
    reader.close()
    await server.stop()
  }
}

const LOCAL = '/zookeeper/config'
const NOAUTH = 'err=-102'

/** Paths of which the two say different things. Each server writes the configuration for itself; ours keeps to ACLs. */
export const differences = (one: Tree, other: Tree): readonly string[] =>
  [...new Set([...one.keys(), ...other.keys()])]
    .filter((path) => path !== LOCAL && one.get(path) !== other.get(path))
    .filter((path) => one.get(path) !== NOAUTH && other.get(path) !== NOAUTH)
    .map((path) => `${path}: ${one.get(path) ?? 'nothing'}, and ${other.get(path) ?? 'nothing'}`)

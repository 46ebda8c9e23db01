/** The whole tree of each server, read from that server alone, node for node. */
import type { Client } from './client.js'
import { connect } from './client.js'
import type { Ensemble } from './ensemble.js'
import type { ServerProcess } from './server-process.js'

/** Each server writes it for itself. */
const LOCAL = '/zookeeper/config'

/** Path → data and stat, as one text. */
export type Tree = ReadonlyMap<string, string>

export const treeOf = async (server: ServerProcess): Promise<Tree> => {
  const client = await connect(server.address)
  await client.settle()
  const tree = new Map<string, string>()
  await walk(client, '/', tree)
  await client.close()
  return tree
}

const walk = async (client: Client, path: string, tree: Map<string, string>): Promise<void> => {
  if (path === LOCAL) return
  const { data, stat } = await client.get(path)
  const names = stat.numChildren > 0 ? await client.children(path) : []
  tree.set(path, JSON.stringify({ data: data?.toString('base64') ?? null, ...stat }))
  await Promise.all(names.map((name) => walk(client, path === '/' ? `/${name}` : `${path}/${name}`, tree)))
}

/** Rejects unless all running servers hold the same tree; gives it. Nobody may write meanwhile. */
export const expectEqualTrees = async (ensemble: Ensemble): Promise<Tree> => {
  const [first, ...others] = ensemble.running()
  if (first === undefined) throw new Error('no server runs')
  const tree = await treeOf(first)
  for (const other of others) {
    const found = differences(first, tree, other, await treeOf(other))
    if (found.length > 0) throw new Error(found.join('\n'))
  }
  return tree
}

const SHOWN = 5

const differences = (first: ServerProcess, tree: Tree, other: ServerProcess, otherTree: Tree): readonly string[] =>
  [...new Set([...tree.keys(), ...otherTree.keys()])]
    .filter((path) => tree.get(path) !== otherTree.get(path))
    .slice(0, SHOWN)
    .map(
      (path) =>
        `${path}: server ${first.id} has ${tree.get(path) ?? 'nothing'}, server ${other.id} ${otherTree.get(path) ?? 'nothing'}`,
    )

/** The whole tree as one server shows it, with all that a client can see of each node. */
import type { Reply } from '../../../src/service/response.js'
import type { ClientRequest, RecordingClient } from './client.js'

/** Path → data and stat, as one text. */
export type Tree = ReadonlyMap<string, string>

/** Each server writes it for itself. */
const LOCAL = '/zookeeper/config'

/** `client` speaks to that server only. Nobody may write meanwhile. */
export const readTree = async (client: RecordingClient): Promise<Tree> => {
  const ask = async (request: ClientRequest): Promise<Reply> => {
    await client.ready()
    const reply = await client.call(request)
    if (reply === undefined) throw new Error('the connection was lost while a tree was read')
    return reply
  }
  await ask({ op: 'sync', path: '/' })
  const tree = new Map<string, string>()
  const walk = async (path: string): Promise<void> => {
    if (path === LOCAL) return
    const [node, names] = await Promise.all([
      ask({ op: 'getData', path, watch: false }),
      ask({ op: 'getChildren2', path, watch: false }),
    ])
    tree.set(path, show([node.error, node.body]))
    if (names.body?.op !== 'getChildren2') return
    await Promise.all(Array.from(names.body.children, (name) => walk(path === '/' ? `/${name}` : `${path}/${name}`)))
  }
  await walk('/')
  return tree
}

export const differences = (tree: Tree, other: Tree): readonly string[] =>
  [...new Set([...tree.keys(), ...other.keys()])]
    .filter((path) => tree.get(path) !== other.get(path))
    .map((path) => `${path}: ${tree.get(path) ?? 'nothing'} / ${other.get(path) ?? 'nothing'}`)

const show = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint'
      ? part.toString()
      : part instanceof Uint8Array
        ? Buffer.from(part).toString('base64')
        : part,
  )

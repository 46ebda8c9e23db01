/** Reads: answered from the local tree, whole and at one zxid. Paths are not validated: an odd one names no node. */
import { isAllowed, permission } from './acl.js'
import { errorCode } from './error.js'
import { namesOf } from './names.js'
import { hasNul } from './path.js'
import * as T from './tree.js'
import type { Id } from './acl.js'
import type { Database } from './database.js'
import type { ErrorCode } from './error.js'
import type { ReadRequest } from './request.js'
import type { ResponseBody } from './response.js'
import type { WatchKind } from './watch.js'

export interface ReadResult {
  readonly error: ErrorCode
  readonly body: ResponseBody | undefined
  /** To be registered for the connection, before anything else is applied. */
  readonly watch?: { readonly kind: WatchKind; readonly path: string }
}

export const read = (database: Database, ids: readonly Id[], request: ReadRequest): ReadResult => {
  const { op, path, watch } = request
  const node = T.find(database.tree, path)
  switch (op) {
    case 'exists': {
      if (hasNul(path)) return failure(errorCode.BADARGUMENTS)
      // As 3.8.0: no permission is needed. The watch stays on a missing node too, and waits for its creation.
      const result: ReadResult =
        node === undefined ? failure(errorCode.NONODE) : { error: errorCode.OK, body: { op, stat: T.statOf(node) } }
      return watch ? { ...result, watch: { kind: 'data', path } } : result
    }
    case 'getData':
      return readNode(node, ids, (found) => ({ op, data: found.data, stat: T.statOf(found) }), 'data', request)
    case 'getChildren':
      return readNode(node, ids, (found) => ({ op, children: namesOf(found.children) }), 'child', request)
    case 'getChildren2':
      return readNode(
        node,
        ids,
        (found) => ({ op, children: namesOf(found.children), stat: T.statOf(found) }),
        'child',
        request,
      )
  }
}

/** Needs the node, and READ; registers a watch only when both are there. */
const readNode = (
  node: T.Node | undefined,
  ids: readonly Id[],
  bodyOf: (node: T.Node) => ResponseBody,
  kind: WatchKind,
  request: ReadRequest,
): ReadResult => {
  if (node === undefined) return failure(errorCode.NONODE)
  if (!isAllowed(node.acl, permission.READ, ids)) return failure(errorCode.NOAUTH)
  const body = bodyOf(node)
  return request.watch
    ? { error: errorCode.OK, body, watch: { kind, path: request.path } }
    : { error: errorCode.OK, body }
}

const failure = (error: ErrorCode): ReadResult => ({ error, body: undefined })

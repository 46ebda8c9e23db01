/** Which changes there were, path by path: what watches wait for. */
import type { Zxid } from '../../src/core/zxid.js'
import { CONFIGURATION_PATH } from '../../src/service/path.js'
import type { MultiOperation } from '../../src/service/request.js'
import type { WatchEventType } from '../../src/service/response.js'
import type { SessionId } from '../../src/service/session.js'
import type { Result } from '../service.js'
import type { Call } from './history.js'
import { append } from './lists.js'
import type { Done } from './replay.js'
import { parentOf } from './touches.js'

export interface Change {
  readonly zxid: Zxid
  /** The event that tells of it. */
  readonly type: WatchEventType
  /** Undefined: nobody asked for it, as for an expiry. */
  readonly call: Call | undefined
}

/** Path → changes, ascending. */
export interface Changes {
  readonly ofNode: ReadonlyMap<string, readonly Change[]>
  readonly ofChildren: ReadonlyMap<string, readonly Change[]>
}

/** Linear. */
export const changesOf = (done: readonly Done[]): Changes => {
  const ofNode = new Map<string, Change[]>()
  const ofChildren = new Map<string, Change[]>()
  const owned = new Map<SessionId, Set<string>>()
  const owners = new Map<string, SessionId>()

  const add = (to: Map<string, Change[]>, path: string, type: WatchEventType, { zxid, call }: Done): void => {
    append(to, path, { zxid, type, call })
  }
  const created = (path: string, by: Done, isEphemeral: boolean): void => {
    add(ofNode, path, 'NodeCreated', by)
    add(ofChildren, parentOf(path), 'NodeChildrenChanged', by)
    if (!isEphemeral) return
    owners.set(path, by.session)
    owned.set(by.session, (owned.get(by.session) ?? new Set()).add(path))
  }
  const deleted = (path: string, by: Done): void => {
    add(ofNode, path, 'NodeDeleted', by)
    add(ofChildren, path, 'NodeDeleted', by)
    add(ofChildren, parentOf(path), 'NodeChildrenChanged', by)
    const owner = owners.get(path)
    if (owner !== undefined) owned.get(owner)?.delete(path)
    owners.delete(path)
  }
  const changed = (operation: MultiOperation, result: Result | undefined, by: Done): void => {
    if (result?.error !== 'OK') return
    if ('flags' in operation) created(result.path ?? operation.path, by, (operation.flags & 1) !== 0)
    else if (operation.op === 'delete') deleted(operation.path, by)
    else if (operation.op === 'setData') add(ofNode, operation.path, 'NodeDataChanged', by)
  }
  for (const write of done) {
    const { operation, result, session } = write
    switch (operation.op) {
      case 'create':
      case 'create2':
      case 'delete':
      case 'setData':
        changed(operation, result, write)
        break
      case 'multi':
        if (result.results?.every(({ error }) => error === 'OK') === true)
          for (const [index, part] of operation.operations.entries()) changed(part, result.results[index], write)
        break
      case 'closeSession':
        if (result.error === 'OK') for (const path of [...(owned.get(session) ?? [])]) deleted(path, write)
        break
      case 'reconfig':
        if (result.error === 'OK') add(ofNode, CONFIGURATION_PATH, 'NodeDataChanged', write)
        break
      case 'createSession':
      case 'exists':
      case 'getData':
      case 'getChildren':
      case 'getChildren2':
        break
    }
  }
  return { ofNode, ofChildren }
}

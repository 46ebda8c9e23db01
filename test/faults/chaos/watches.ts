/**
 * Watches against the committed sequence. SESS-6: no reply shows a change before the watch event that announces it; an
 * event comes once a watch, and for a reason.
 */
import type { Entry } from '../../../src/core/message.js'
import * as Z from '../../../src/core/zxid.js'
import type { Zxid } from '../../../src/core/zxid.js'
import type { SimpleRecord, Transaction } from '../../../src/service/transaction.js'
import type { Sight, Watch } from './client.js'
import { fires } from '../../../model/consistency/watches.js'
import { watchOf } from './client.js'

/** Path → zxids, ascending. */
export interface Changes {
  /** Created, changed or deleted. */
  readonly node: ReadonlyMap<string, readonly Zxid[]>
  /** Deleted, or a child came or went. */
  readonly children: ReadonlyMap<string, readonly Zxid[]>
}

export const changesOf = (entries: readonly Entry<Transaction>[]): Changes => {
  const node = new Map<string, Zxid[]>()
  const children = new Map<string, Zxid[]>()
  const add = (to: Map<string, Zxid[]>, path: string, zxid: Zxid): void => {
    const zxids = to.get(path)
    if (zxids === undefined) to.set(path, [zxid])
    else zxids.push(zxid)
  }
  const removed = (path: string, zxid: Zxid): void => {
    add(node, path, zxid)
    add(children, path, zxid)
    add(children, parentOf(path), zxid)
  }
  const record = (one: SimpleRecord, zxid: Zxid): void => {
    switch (one.type) {
      case 'create':
      case 'create2':
      case 'createContainer':
      case 'createTTL':
        add(node, one.path, zxid)
        add(children, parentOf(one.path), zxid)
        return
      case 'delete':
      case 'deleteContainer':
        return removed(one.path, zxid)
      case 'setData':
      case 'reconfig':
        return add(node, one.path, zxid)
      case 'setACL':
      case 'check':
      case 'error':
        return
    }
  }
  for (const { zxid, transaction } of entries) {
    const { record: made } = transaction
    if (made.type === 'multi') {
      if (!made.records.some((one) => one.type === 'error')) for (const one of made.records) record(one, zxid)
    } else if (made.type === 'closeSession') for (const path of made.paths ?? []) removed(path, zxid)
    else if (made.type !== 'createSession') record(made, zxid)
  }
  return { node, children }
}

interface Active {
  readonly watch: Watch
  /** The change that must be told; undefined: none came any more. */
  readonly due: Zxid | undefined
}

/** The first thing that is wrong with what one session saw; undefined when nothing is. */
export const checkWatches = (sights: readonly Sight[], changes: Changes): string | undefined => {
  const active = new Map<string, Active>()
  let isRestoring = false
  const register = (watch: Watch, since: Zxid): void => {
    const key = `${watch.kind} ${watch.path}`
    const zxids = (watch.kind === 'child' ? changes.children : changes.node).get(watch.path) ?? []
    if (!active.has(key)) active.set(key, { watch, due: zxids.find((zxid) => Z.isAfter(zxid, since)) })
  }
  const overdue = (at: Zxid): string | undefined => {
    for (const { watch, due } of active.values())
      if (due !== undefined && !Z.isAfter(due, at))
        return `an answer at ${Z.show(at)}, but the ${watch.kind} watch on ${watch.path} has not told of ${Z.show(due)}`
    return undefined
  }
  for (const sight of sights) {
    switch (sight.kind) {
      case 'Connected':
        isRestoring = active.size > 0
        break
      case 'Restored': {
        isRestoring = false
        // A node that came and went while nobody watched leaves no trace: only here may an event be missed.
        for (const [key, { watch, due }] of [...active])
          if (watch.kind === 'exist' && due !== undefined && !Z.isAfter(due, sight.zxid)) {
            active.delete(key)
            register(watch, sight.zxid)
          }
        const late = overdue(sight.zxid)
        if (late !== undefined) return late
        break
      }
      case 'Replied': {
        const late = overdue(sight.zxid)
        if (late !== undefined) return late
        const { operation, outcome } = sight.call
        const watch = outcome.kind === 'ok' ? watchOf(operation, outcome.result.error) : undefined
        if (watch !== undefined) register(watch, sight.zxid)
        break
      }
      case 'Notified': {
        const fired = [...active].filter(([, { watch }]) => watch.path === sight.path && fires(sight.type, watch.kind))
        // One event tells both watches of a node that goes; but setWatches puts back kind by kind, children last.
        const ofNode = fired.filter(([, { watch }]) => watch.kind !== 'child')
        const told = isRestoring && ofNode.length > 0 ? ofNode : fired
        if (told.length === 0) return `${sight.type} ${sight.path}, which nobody watched`
        if (told.every(([, { due }]) => due === undefined)) return `${sight.type} ${sight.path}, but nothing happened`
        for (const [key] of told) active.delete(key)
      }
    }
  }
  return undefined
}

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

/** What a schedule tells the world to do. Plain JSON, so that a run is its seed and its commands. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Acl } from '../../src/service/acl.js'
import type { Request } from '../../src/service/request.js'

export type ClientAction =
  | {
      readonly op: 'create' | 'createEphemeral' | 'createSequential' | 'setData' | 'multi'
      readonly path: string
      readonly value: number
    }
  | { readonly op: 'delete' | 'exists' | 'getData' | 'getChildren'; readonly path: string }
  /** Sets data only when the version is this one. */
  | { readonly op: 'setDataIf'; readonly path: string; readonly value: number; readonly version: number }
  | { readonly op: 'sync' | 'closeSession' }

export type Command =
  /** Lets time pass; everything due happens in order. */
  | { readonly kind: 'advance'; readonly ms: number }
  /** The client sends, at the latest when it is connected again; it does not wait for earlier answers. */
  | { readonly kind: 'request'; readonly client: number; readonly action: ClientAction }
  /** The client closes its connection and takes its session to that server. */
  | { readonly kind: 'move'; readonly client: number; readonly server: ServerId }
  /** The machine stops: at once, or within its next step that has more than `effect` effects, after that many. */
  | { readonly kind: 'crash'; readonly server: ServerId; readonly effect?: number }
  | { readonly kind: 'restart'; readonly server: ServerId }
  /** Nothing arrives in this direction until `heal`. */
  | { readonly kind: 'cut'; readonly from: ServerId; readonly to: ServerId }
  | { readonly kind: 'isolate'; readonly server: ServerId }
  | { readonly kind: 'heal' }
  | { readonly kind: 'reset'; readonly first: ServerId; readonly second: ServerId }
  /** Syncs take `factor` times as long. */
  | { readonly kind: 'slowDisk'; readonly server: ServerId; readonly factor: number }

const everyone: readonly Acl[] = [{ permissions: 31, id: { scheme: 'world', id: 'anyone' } }]

const bytesOf = (value: number): Uint8Array => Uint8Array.of((value >>> 8) & 0xff, value & 0xff)

/** The request that the action stands for. */
export const requestOf = (action: ClientAction): Request => {
  switch (action.op) {
    case 'create':
      return { op: 'create2', path: action.path, data: bytesOf(action.value), acl: everyone, flags: 0 }
    case 'createEphemeral':
      return { op: 'create', path: action.path, data: bytesOf(action.value), acl: everyone, flags: 1 }
    case 'createSequential':
      return { op: 'create', path: `${action.path}-`, data: bytesOf(action.value), acl: everyone, flags: 2 }
    case 'setData':
      return { op: 'setData', path: action.path, data: bytesOf(action.value), version: -1 }
    case 'setDataIf':
      return { op: 'setData', path: action.path, data: bytesOf(action.value), version: action.version }
    case 'multi': {
      const data = bytesOf(action.value)
      return {
        op: 'multi',
        operations: [
          { op: 'setData', path: action.path, data, version: -1 },
          { op: 'create', path: `${action.path}/m`, data, acl: everyone, flags: 2 },
          { op: 'check', path: action.path, version: action.value % 3 === 0 ? 0 : -1 },
        ],
      }
    }
    case 'delete':
      return { op: 'delete', path: action.path, version: -1 }
    case 'exists':
    case 'getData':
    case 'getChildren':
      return { op: action.op, path: action.path, watch: false }
    case 'sync':
      return { op: 'sync', path: '/' }
    case 'closeSession':
      return { op: 'closeSession' }
  }
}

/** One command on one line. */
export const showCommand = (command: Command): string => {
  switch (command.kind) {
    case 'advance':
      return `advance ${command.ms} ms`
    case 'request':
      return `client ${command.client}: ${command.action.op}${'path' in command.action ? ` ${command.action.path}` : ''}`
    case 'move':
      return `client ${command.client} moves to server ${command.server}`
    case 'crash':
      return `crash server ${command.server}${command.effect === undefined ? '' : ` after effect ${command.effect} of a step`}`
    case 'restart':
      return `restart server ${command.server}`
    case 'cut':
      return `cut ${command.from} → ${command.to}`
    case 'isolate':
      return `isolate server ${command.server}`
    case 'heal':
      return 'heal all links'
    case 'reset':
      return `reset the connections between ${command.first} and ${command.second}`
    case 'slowDisk':
      return `disk of server ${command.server} is ${command.factor} times as slow`
  }
}

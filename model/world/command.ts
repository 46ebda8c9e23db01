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
  | { readonly op: 'delete'; readonly path: string }
  /** `watch`: and tell me of the next change. */
  | { readonly op: 'exists' | 'getData' | 'getChildren'; readonly path: string; readonly watch?: true }
  /** Sets data only when the version is this one. */
  | { readonly op: 'setDataIf'; readonly path: string; readonly value: number; readonly version: number }
  | { readonly op: 'sync' | 'closeSession' }

/**
 * Where a process dies, if not at an effect: as its next sync would be done, and is not; between that sync and hearing of
 * it; or between the renaming of an epoch file and the sync of its directory, so that the rename is lost.
 */
export type CrashPoint = 'unsynced' | 'synced' | 'rename'

/**
 * What a crash does to the writes that were not synced: it loses all, none, or some of them out of order, so that the log has
 * a hole, which recovery refuses. Unless told otherwise a prefix is left, cut anywhere.
 */
export type Loss = 'all' | 'none' | 'scattered'

export type Command =
  /** Lets time pass; everything due happens in order. */
  | { readonly kind: 'advance'; readonly ms: number }
  // --- clients
  /** The client sends, at the latest when it is connected again; it does not wait for earlier answers. */
  | { readonly kind: 'request'; readonly client: number; readonly action: ClientAction }
  /** The client takes its session to that server; `abrupt`: and does not close its former connection. */
  | { readonly kind: 'move'; readonly client: number; readonly server: ServerId; readonly abrupt?: true }
  /** The connection of the client breaks at any byte. */
  | { readonly kind: 'drop'; readonly client: number }
  /** Every client reads the path so many times, and leaves watches. */
  | { readonly kind: 'storm'; readonly path: string; readonly count: number }
  // --- operators
  /**
   * An operator asks through that client for a configuration with these voters and observers. `leaving`: of the present one,
   * from which these go and in which all others stay; absent: nobody else is in it. `version`: only if the present one is the
   * last that is known to be committed, or one that never was.
   */
  | {
      readonly kind: 'reconfigure'
      readonly client: number
      readonly voters: readonly ServerId[]
      readonly observers: readonly ServerId[]
      readonly leaving?: readonly ServerId[]
      readonly version?: 'last' | 'unknown'
    }
  // --- processes
  /** The machine stops: at once, at that point, or within its next step that has more than `effect` effects, after that many. */
  | {
      readonly kind: 'crash'
      readonly server: ServerId
      readonly effect?: number
      readonly at?: CrashPoint
      readonly loss?: Loss
    }
  | { readonly kind: 'restart'; readonly server: ServerId }
  /**
   * The machine comes back at once with another disk: one that lacks its last `lost` writes, as from a backup, or an empty one.
   * Without its vote when that was given on what is lost; not at all when too many voters have lost theirs.
   */
  | { readonly kind: 'replaceDisk'; readonly server: ServerId; readonly lost?: number }
  /** Nothing happens to the process for so long; then all that has come meanwhile, its timers first. */
  | { readonly kind: 'pause'; readonly server: ServerId; readonly ms: number }
  // --- network
  /** Nothing arrives in this direction, on this port or on both, until `heal`. */
  | { readonly kind: 'cut'; readonly from: ServerId; readonly to: ServerId; readonly port?: Port }
  /** All links of the server; `direction`: only what comes to it, or what it sends. */
  | { readonly kind: 'isolate'; readonly server: ServerId; readonly direction?: 'in' | 'out' }
  /** No link between the group and the rest. */
  | { readonly kind: 'partition'; readonly group: readonly ServerId[] }
  /** Everything takes `factor` times as long in this direction, until `heal`. */
  | { readonly kind: 'slowLink'; readonly from: ServerId; readonly to: ServerId; readonly factor: number }
  | { readonly kind: 'heal' }
  /** The connections break, and both ends hear of it. `partial`: a part of what is under way arrives, cut at any byte. */
  | { readonly kind: 'reset'; readonly first: ServerId; readonly second: ServerId; readonly partial?: true }
  /** The connections break at the end of the first; the second hears nothing, now or later. */
  | { readonly kind: 'halfOpen'; readonly first: ServerId; readonly second: ServerId }
  // --- strangers
  /**
   * Somebody who is no server speaks to that port of the server for so long, in that name; unless told otherwise in that of a
   * member that is not connected there. What it says is drawn from the seed (stranger-words.ts). It is gone with `heal`.
   */
  | {
      readonly kind: 'stranger'
      readonly server: ServerId
      readonly claims?: ServerId
      readonly port: Port
      readonly seed: number
      readonly ms: number
    }
  // --- disks
  /** Syncs take `factor` times as long. */
  | { readonly kind: 'slowDisk'; readonly server: ServerId; readonly factor: number }
  /** The next sync fails; with ENOSPC each one until `mend`. */
  | { readonly kind: 'failDisk'; readonly server: ServerId; readonly error: 'EIO' | 'ENOSPC' }
  /** A bit of the log or of the newest image is another one at the next start. */
  | { readonly kind: 'flip'; readonly server: ServerId; readonly where: 'log' | 'image' }
  // --- clocks
  /** Timers and the monotonic clock run so many thousandths as fast as they should. */
  | { readonly kind: 'drift'; readonly server: ServerId; readonly permille: number }
  /** The wall clock is set on, or back. */
  | { readonly kind: 'jump'; readonly server: ServerId; readonly ms: number }
  /** No timer fires for so long; messages come as ever. */
  | { readonly kind: 'stallTimers'; readonly server: ServerId; readonly ms: number }
  /** Ends a pause, stalled timers, drift, a slow or full disk. */
  | { readonly kind: 'mend'; readonly server: ServerId }

export type Reconfiguration = Extract<Command, { readonly kind: 'reconfigure' }>

export type Port = 'election' | 'quorum'

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
      return { op: action.op, path: action.path, watch: action.watch === true }
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
      return `client ${command.client}: ${showAction(command.action)}`
    case 'move':
      return `client ${command.client} moves to server ${command.server}${command.abrupt === true ? ' and leaves its connection open' : ''}`
    case 'drop':
      return `the connection of client ${command.client} breaks`
    case 'storm':
      return `every client reads ${command.path} ${command.count} times, and watches`
    case 'reconfigure':
      return showReconfiguration(command)
    case 'crash':
      return `crash server ${command.server}${showCrashPoint(command)}${command.loss === undefined ? '' : LOSSES[command.loss]}`
    case 'restart':
      return `restart server ${command.server}`
    case 'replaceDisk':
      return `restart server ${command.server} with ${command.lost === undefined ? 'an empty disk' : `an older disk: without its last ${command.lost} writes`}`
    case 'pause':
      return `pause server ${command.server} for ${command.ms} ms`
    case 'cut':
      return `cut ${command.from} → ${command.to}${command.port === undefined ? '' : `, ${command.port} port`}`
    case 'isolate':
      return `isolate server ${command.server}${command.direction === undefined ? '' : `, ${command.direction}wards`}`
    case 'partition':
      return `part [${command.group.join(', ')}] from the rest`
    case 'slowLink':
      return `link ${command.from} → ${command.to} is ${command.factor} times as slow`
    case 'heal':
      return 'heal all links'
    case 'reset':
      return `reset the connections between ${command.first} and ${command.second}${command.partial === true ? ', at any byte' : ''}`
    case 'halfOpen':
      return `server ${command.first} loses its connections with ${command.second}, which hears nothing`
    case 'stranger':
      return `a stranger speaks for ${command.ms} ms to the ${command.port} port of server ${command.server}, as ${command.claims === undefined ? 'a member that is not there' : `server ${command.claims}`} (seed ${command.seed})`
    case 'slowDisk':
      return `disk of server ${command.server} is ${command.factor} times as slow`
    case 'failDisk':
      return `disk of server ${command.server} fails with ${command.error}`
    case 'flip':
      return `a bit flips in the ${command.where} of server ${command.server}`
    case 'drift':
      return `clock of server ${command.server} runs at ${command.permille} permille`
    case 'jump':
      return `wall clock of server ${command.server} jumps by ${command.ms} ms`
    case 'stallTimers':
      return `timers of server ${command.server} stall for ${command.ms} ms`
    case 'mend':
      return `mend server ${command.server}`
  }
}

const showReconfiguration = (command: Reconfiguration): string => {
  const { client, voters, observers, leaving, version } = command
  const named = (what: string, servers: readonly ServerId[]): readonly string[] =>
    servers.length === 0 ? [] : [`${what} ${servers.join(', ')}`]
  const parts = [
    ...named(leaving === undefined ? 'voters' : 'to vote:', voters),
    ...named(leaving === undefined ? 'observers' : 'to observe:', observers),
    ...named('to leave:', leaving ?? []),
  ]
  return (
    `reconfigure through client ${client}, ${leaving === undefined ? 'as a whole' : 'step by step'}: ` +
    `${parts.join('; ') || 'nothing'}${version === undefined ? '' : `, from ${version === 'last' ? 'the last' : 'an unknown'} version`}`
  )
}

const showAction = (action: ClientAction): string => `${action.op}${'path' in action ? ` ${action.path}` : ''}`

const showCrashPoint = ({ effect, at }: Extract<Command, { readonly kind: 'crash' }>): string => {
  if (at !== undefined) return CRASH_POINTS[at]
  return effect === undefined ? '' : ` after effect ${effect} of a step`
}

const CRASH_POINTS: Readonly<Record<CrashPoint, string>> = {
  unsynced: ' before its next sync is done',
  synced: ' after its next sync, before it hears of it',
  rename: ' when an epoch file is renamed, before the directory is synced',
}

const LOSSES: Readonly<Record<Loss, string>> = {
  all: '; what is not synced is lost',
  none: '; what is not synced has reached the disk',
  scattered: '; what is not synced has reached the disk in another order',
}

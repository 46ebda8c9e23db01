/**
 * The fault atlas: every fault that the world can do, what ZAB promises to survive of it, and the bound that keeps it
 * inside that promise, so that every finding is a finding.
 *
 * Not here: reconfiguration by operators, which the core does not have yet; and a server that comes back with an older
 * disk or an empty one. It has forgotten what it acknowledged, which the protocol excludes (ELEC-10, RECV-10): whoever
 * does that to a voter must make it a new server, and that is a reconfiguration.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { Command } from './command.js'
import type { Random } from './random.js'
import { pick } from './random.js'

export type FaultGroup = 'network' | 'process' | 'disk' | 'clock' | 'clients'

export interface FaultContext {
  readonly random: Random
  readonly servers: readonly ServerId[]
  readonly clients: number
}

export interface Fault {
  readonly group: FaultGroup
  readonly does: string
  readonly promise: string
  readonly bound: string
  readonly draw: (context: FaultContext) => Command
}

const serverOf = ({ random, servers }: FaultContext): ServerId => servers[random.below(servers.length)] ?? 1

const twoOf = (context: FaultContext): readonly [ServerId, ServerId] => {
  const first = serverOf(context)
  const others = context.servers.filter((server) => server !== first)
  return [first, others[context.random.below(others.length)] ?? first]
}

const lossOf = (random: Random): Pick<Extract<Command, { readonly kind: 'crash' }>, 'loss'> => {
  const loss = pick(random, [undefined, undefined, 'all', 'none'] as const)
  return loss === undefined ? {} : { loss }
}

const UNTIL_HEALED = 'safe whatever is cut; a write commits again when a quorum can talk (LIVE-1…4)'
const NONE = 'none is needed: settling heals it'
const PAUSES_MS = [100, 1000, 3000] as const

export const atlas = {
  cut: {
    group: 'network',
    does: 'nothing arrives in one direction between two servers; the ends learn nothing',
    promise: UNTIL_HEALED,
    bound: NONE,
    draw: (context) => {
      const [from, to] = twoOf(context)
      return { kind: 'cut', from, to }
    },
  },
  portCut: {
    group: 'network',
    does: 'the same on the election port only, or on the quorum port only',
    promise: UNTIL_HEALED,
    bound: NONE,
    draw: (context) => {
      const [from, to] = twoOf(context)
      return { kind: 'cut', from, to, port: pick(context.random, ['election', 'election', 'quorum']) }
    },
  },
  isolation: {
    group: 'network',
    does: 'one server is cut off from all others',
    promise: UNTIL_HEALED,
    bound: NONE,
    draw: (context) => ({ kind: 'isolate', server: serverOf(context) }),
  },
  asymmetry: {
    group: 'network',
    does: 'one server hears nobody, or nobody hears it',
    promise: UNTIL_HEALED,
    bound: NONE,
    draw: (context) => ({
      kind: 'isolate',
      server: serverOf(context),
      direction: pick(context.random, ['in', 'out']),
    }),
  },
  partition: {
    group: 'network',
    does: 'the servers fall into two groups',
    promise: UNTIL_HEALED,
    bound: NONE,
    draw: ({ random, servers }) => ({
      kind: 'partition',
      group: servers.filter(() => random.below(2) === 0),
    }),
  },
  reset: {
    group: 'network',
    does: 'the connections between two servers break; what is under way is lost',
    promise: 'safe; the learner connects again',
    bound: 'a connection delivers a prefix of what was sent, in order: TCP',
    draw: (context) => {
      const [first, second] = twoOf(context)
      return { kind: 'reset', first, second }
    },
  },
  midFrame: {
    group: 'network',
    does: 'the same, and a part of what is under way arrives, with codecs cut at any byte',
    promise: 'safe: an unfinished packet is none',
    bound: 'a connection delivers a prefix of what was sent, in order: TCP',
    draw: (context) => {
      const [first, second] = twoOf(context)
      return { kind: 'reset', first, second, partial: true }
    },
  },
  halfOpen: {
    group: 'network',
    does: 'one end of a connection is gone, and the other is never told',
    promise: 'safe; the other end finds out by its own time limits (LIVE-3)',
    bound: NONE,
    draw: (context) => {
      const [first, second] = twoOf(context)
      return { kind: 'halfOpen', first, second }
    },
  },
  slowLink: {
    group: 'network',
    does: 'everything in one direction takes up to a hundred times as long',
    promise: UNTIL_HEALED,
    bound: 'order on a connection is kept',
    draw: (context) => {
      const [from, to] = twoOf(context)
      return { kind: 'slowLink', from, to, factor: pick(context.random, [5, 20, 100]) }
    },
  },

  crash: {
    group: 'process',
    does: 'the machine stops; of what was not synced a prefix is left, all, or nothing; half a record is dropped',
    promise: 'safe whoever crashes and how often; a write commits again when a quorum runs',
    bound: 'what was synced stays (RECV)',
    draw: (context) => ({ kind: 'crash', server: serverOf(context), ...lossOf(context.random) }),
  },
  crashAtEffect: {
    group: 'process',
    does: 'the machine stops between two effects of one step',
    promise: 'as crash',
    bound: 'as crash',
    draw: (context) => ({
      kind: 'crash',
      server: serverOf(context),
      effect: context.random.below(6),
      ...lossOf(context.random),
    }),
  },
  crashAtSync: {
    group: 'process',
    does: 'the machine stops just before or just after a sync, before the process hears of it',
    promise: 'as crash',
    bound: 'as crash',
    draw: (context) => ({
      kind: 'crash',
      server: serverOf(context),
      at: pick(context.random, ['synced', 'synced', 'unsynced']),
      ...lossOf(context.random),
    }),
  },
  pause: {
    group: 'process',
    does: 'the process stands still, then sees all that has come meanwhile at once, its timers first',
    promise: 'safe however long; others go on without it',
    bound: NONE,
    draw: (context) => ({ kind: 'pause', server: serverOf(context), ms: pick(context.random, PAUSES_MS) }),
  },

  slowDisk: {
    group: 'disk',
    does: 'syncs take up to a hundred times as long',
    promise: 'safe; a write commits when a quorum has synced',
    bound: NONE,
    draw: (context) => ({
      kind: 'slowDisk',
      server: serverOf(context),
      factor: pick(context.random, [1, 10, 100]),
    }),
  },
  lostRename: {
    group: 'disk',
    does: 'the machine stops when an epoch file is renamed and its directory not synced: the old one is back',
    promise: 'as crash: nothing was said that depends on it (RECV-1…5)',
    bound: 'never after the directory is synced',
    draw: (context) => ({ kind: 'crash', server: serverOf(context), at: 'rename' }),
  },
  scatteredWrites: {
    group: 'disk',
    does: 'the machine stops while records of one sync reach the disk in another order: the log has a hole',
    promise: 'safe: recovery refuses such a log, and the server stays away',
    bound: 'only records that no sync separates; at most a minority of the voters ever loses its disk',
    draw: (context) => ({ kind: 'crash', server: serverOf(context), effect: 1, loss: 'scattered' }),
  },
  flip: {
    group: 'disk',
    does: 'a bit flips in what was synced; the next start finds it by the checksum',
    promise: 'safe: an older image is used, or the server refuses to start',
    bound: 'only where a checksum finds it; at most a minority of the voters ever loses its disk',
    draw: (context) => ({
      kind: 'flip',
      server: serverOf(context),
      where: pick(context.random, ['image', 'image', 'log']),
    }),
  },
  ioError: {
    group: 'disk',
    does: 'a sync fails (EIO); some of it is on the disk all the same',
    promise: 'safe: the server stops at once (RECV-14)',
    bound: 'what was synced before stays',
    draw: (context) => ({ kind: 'failDisk', server: serverOf(context), error: 'EIO' }),
  },
  full: {
    group: 'disk',
    does: 'every sync fails (ENOSPC) until there is space again',
    promise: 'safe: the server stops at once, as often as it is started (RECV-14)',
    bound: 'settling makes space',
    draw: (context) => ({ kind: 'failDisk', server: serverOf(context), error: 'ENOSPC' }),
  },

  drift: {
    group: 'clock',
    does: 'timers and the monotonic clock run at half to twice their speed',
    promise: 'safe: no promise is about time; sessions may end early or late',
    bound: 'settling sets it right',
    draw: (context) => ({
      kind: 'drift',
      server: serverOf(context),
      permille: pick(context.random, [500, 900, 1100, 2000]),
    }),
  },
  jump: {
    group: 'clock',
    does: 'the wall clock is set on or back, by seconds or by a day',
    promise: 'safe: it only dates nodes',
    bound: 'a process never starts at an earlier wall time than the one before it: session ids are made from that',
    draw: (context) => ({
      kind: 'jump',
      server: serverOf(context),
      ms: pick(context.random, [-86_400_000, -5000, 5000, 86_400_000]),
    }),
  },
  stalledTimers: {
    group: 'clock',
    does: 'no timer fires for a while; messages come as ever',
    promise: 'safe; others find out by their own time limits',
    bound: NONE,
    draw: (context) => ({ kind: 'stallTimers', server: serverOf(context), ms: pick(context.random, PAUSES_MS) }),
  },

  move: {
    group: 'clients',
    does: 'a client takes its session to another server',
    promise: 'the session goes on there, and no longer here (SESS-4)',
    bound: NONE,
    draw: (context) => ({
      kind: 'move',
      client: context.random.below(context.clients),
      server: serverOf(context),
    }),
  },
  abruptMove: {
    group: 'clients',
    does: 'the same, and its former connection stays open with requests under way',
    promise: 'those are refused, or were done before (SESS-4, FWD-4)',
    bound: NONE,
    draw: (context) => ({
      kind: 'move',
      client: context.random.below(context.clients),
      server: serverOf(context),
      abrupt: true,
    }),
  },
  drop: {
    group: 'clients',
    does: 'the connection of a client breaks, with codecs at any byte',
    promise: 'what was under way is done at most once (FWD-4)',
    bound: NONE,
    draw: (context) => ({ kind: 'drop', client: context.random.below(context.clients) }),
  },
  watchStorm: {
    group: 'clients',
    does: 'every client reads one path again and again, and watches it',
    promise: 'each hears of a change before it sees it, once (SESS-6)',
    bound: 'a few dozen reads',
    draw: ({ random }) => ({
      kind: 'storm',
      path: pick(random, ['/', '/a', '/b', '/a/c']),
      count: random.between(1, 6),
    }),
  },
} as const satisfies Readonly<Record<string, Fault>>

export type FaultName = keyof typeof atlas

export const faultNames = Object.keys(atlas) as readonly FaultName[] // keys of a constant record are its names

/** All faults of a group. */
export const faultsOf = (group: FaultGroup): readonly FaultName[] =>
  faultNames.filter((name) => atlas[name].group === group)

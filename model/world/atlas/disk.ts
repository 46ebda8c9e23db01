/** What disks do. */
import { pick } from '../random.js'
import type { Faults } from './fault.js'
import { serverOf, NONE } from './fault.js'

export const disk = {
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
} as const satisfies Faults

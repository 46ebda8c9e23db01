/** What happens to processes, and to the machines that they run on. */
import { pick } from '../random.js'
import type { Faults } from './fault.js'
import { serverOf, lossOf, NONE, PAUSES_MS } from './fault.js'

const LOSSES = [1, 1, 2, 3, 5, 10, 30] as const
const LOST_DISK =
  'safe for an observer at any time (OBS-1); for a voter that has told nobody of what is lost (RECV-4, RECV-6); ' +
  'for any other that comes as an observer until it has adopted an epoch above all that it had promised (DISC-4, SYNC-2)'
const LOST_DISKS =
  'no voter goes on voting without what it has promised; at most a minority is without a vote (ballots.ts)'

export const process = {
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
  olderDisk: {
    group: 'process',
    does: 'the machine comes back with an older copy of its disk, as from a backup: the last writes are missing',
    promise: LOST_DISK,
    bound: LOST_DISKS,
    draw: (context) => ({ kind: 'replaceDisk', server: serverOf(context), lost: pick(context.random, LOSSES) }),
  },
  emptyDisk: {
    group: 'process',
    does: 'the machine comes back with an empty disk',
    promise: LOST_DISK,
    bound: LOST_DISKS,
    draw: (context) => ({ kind: 'replaceDisk', server: serverOf(context) }),
  },
} as const satisfies Faults

/** What clocks do. */
import { pick } from '../random.js'
import type { Faults } from './fault.js'
import { serverOf, NONE, PAUSES_MS } from './fault.js'

export const clock = {
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
} as const satisfies Faults

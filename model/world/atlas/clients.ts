/** What clients do. */
import { pick } from '../random.js'
import type { Faults } from './fault.js'
import { serverOf, NONE } from './fault.js'

export const clients = {
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
} as const satisfies Faults

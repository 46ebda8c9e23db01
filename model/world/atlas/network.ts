/** What happens between servers. */
import { pick } from '../random.js'
import type { Faults } from './fault.js'
import { serverOf, twoOf, UNTIL_HEALED, NONE } from './fault.js'

export const network = {
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
} as const satisfies Faults

/** Schedules about reconfigurations that are interrupted, taken back, finished by others, or come one behind the other. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Command, Reconfiguration } from '../world/command.js'
import { pick } from '../world/random.js'
import type { Episode } from './episodes.js'
import { bring, schedule, wait } from './episodes.js'
import type { Schedule } from './generate.js'

const append = (client: number): Command => ({
  kind: 'request',
  client,
  action: { op: 'createSequential', path: '/o', value: client },
})
const change = (client: number, wish: Partial<Pick<Reconfiguration, 'voters' | 'observers' | 'leaving'>>): Command => ({
  kind: 'reconfigure',
  client,
  voters: [],
  observers: [],
  leaving: [],
  ...wish,
})
const votes = (client: number, server: ServerId): Command => change(client, { voters: [server] })
const leaves = (client: number, server: ServerId): Command => change(client, { leaving: [server] })

/** A joiner gets a vote, and what it replaces goes; step by step, with writes between. */
const replaces: Episode = ({ random, server, joiner, client, write }) => [
  wait(1000),
  votes(client, joiner),
  write(),
  wait(pick(random, [30, 300, 1000])),
  leaves(client, server),
  write(),
  wait(pick(random, [30, 300, 3000])),
  append(client),
  wait(1000),
]

/** A leader that nobody hears logs a reconfiguration, and comes back when others have gone on without it. */
const takenBack: Episode = ({ random, server, other, third, joiner, client }) => [
  ...bring(client, server),
  { kind: 'isolate', server },
  random.below(2) === 0 ? votes(client, joiner) : leaves(client, other),
  append(client),
  wait(random.between(8, 20)),
  // What is under way never arrives.
  ...[other, third, joiner].map((second): Command => ({ kind: 'reset', first: server, second })),
  { kind: 'crash', server, loss: 'none' },
  { kind: 'heal' },
  wait(random.between(300, 1500)),
  // With nothing new behind it the tail is cut off; else an image takes its place.
  ...(random.below(2) === 0 ? [append(client), wait(300)] : []),
  { kind: 'restart', server },
  wait(2000),
]

/** The leader falls when others have logged the reconfiguration, and has not told them that it is committed. */
const unfinished: Episode = ({ random, server, other, third, joiner, client }) => [
  ...bring(client, server),
  { kind: 'slowLink', from: other, to: server, factor: 20 },
  { kind: 'slowLink', from: third, to: server, factor: 20 },
  random.below(2) === 0 ? votes(client, joiner) : change(client, { voters: [joiner], leaving: [server] }),
  append(client),
  wait(random.between(8, 25)),
  { kind: 'crash', server, loss: 'none' },
  { kind: 'heal' },
  wait(pick(random, [300, 3000])),
  { kind: 'restart', server },
  wait(1000),
]

/** The leader goes while there is much to do, and is soon wanted again. */
const handedOver: Episode = ({ random, server, client, otherClient, write }) => [
  ...bring(client, server),
  write(),
  leaves(client, server),
  write(),
  append(client),
  wait(random.between(1, 1000)),
  append(otherClient),
  votes(otherClient, server),
  wait(pick(random, [30, 1000, 3000])),
]

/** A voter becomes an observer and the other way round, while it is connected as what it was. */
const changesRoles: Episode = ({ random, server, other, client }) => [
  wait(1000),
  change(client, { observers: [server] }),
  wait(random.between(1, 300)),
  change(client, { voters: [server], observers: random.below(2) === 0 ? [] : [other] }),
  wait(pick(random, [3, 30, 300])),
  random.below(2) === 0 ? { kind: 'crash', server } : append(client),
  wait(1000),
  { kind: 'restart', server },
  votes(client, server),
  wait(1000),
]

export const reconfigurations: Schedule = schedule([replaces, takenBack, unfinished, handedOver, changesRoles])

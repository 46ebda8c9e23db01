/** Schedules made of episodes: bursts of requests, and situations that chance alone hardly ever brings about. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Command } from '../world/command.js'
import type { WorldOptions } from '../world/options.js'
import { serversOf, votersOf } from '../world/options.js'
import type { Random } from '../world/random.js'
import { pick } from '../world/random.js'
import { randomAction } from '../world/schedule.js'
import type { Schedule } from './generate.js'

// --- model

/** What an episode is about: servers that differ, where there are enough, and a client. */
export interface Cast {
  readonly random: Random
  readonly server: ServerId
  readonly other: ServerId
  readonly third: ServerId
  /** The last one that may join; where none may, the last server. */
  readonly joiner: ServerId
  readonly client: number
  /** Another one, if there is one. */
  readonly otherClient: number
  readonly write: () => Command
}

export type Episode = (cast: Cast) => readonly Command[]

// --- constructors

export const wait = (ms: number): Command => ({ kind: 'advance', ms })
const crash = (server: ServerId): Command => ({ kind: 'crash', server })
const restart = (server: ServerId): Command => ({ kind: 'restart', server })
const isolate = (server: ServerId): Command => ({ kind: 'isolate', server })
const slowDisk = (server: ServerId, factor: number): Command => ({ kind: 'slowDisk', server, factor })
const reset = (first: ServerId, second: ServerId): Command => ({ kind: 'reset', first, second })
const heal: Command = { kind: 'heal' }
/** A write that always comes to a transaction. */
const append = (client: number): Command => ({
  kind: 'request',
  client,
  action: { op: 'createSequential', path: '/c', value: client },
})
/** The client is at that server when this is over, if the server serves. */
export const bring = (client: number, server: ServerId): readonly Command[] => [
  wait(1000),
  { kind: 'move', client, server },
  wait(300),
]

const castOf = (random: Random, options: WorldOptions): Cast => {
  const servers = serversOf(options)
  const voters = votersOf(options)
  // Mostly voters: observers decide nothing.
  const pool = random.below(4) === 0 ? servers : voters
  const from = random.below(pool.length)
  const direction = random.below(2) === 0 ? 1 : pool.length - 1
  const nth = (n: number): ServerId => pool[(from + n * direction) % pool.length] ?? 1
  const client = random.below(options.clients)
  return {
    random,
    server: nth(0),
    other: nth(1),
    third: nth(2),
    joiner: servers[servers.length - 1] ?? 1,
    client,
    otherClient: (client + 1) % options.clients,
    write: () => ({ kind: 'request', client, action: randomAction(random) }),
  }
}

export const schedule =
  (episodes: readonly [Episode, ...Episode[]]): Schedule =>
  (random, options, length) => {
    const commands: Command[] = []
    while (commands.length < length) commands.push(...pick(random, episodes)(castOf(random, options)))
    return commands
  }

const burst = ({ random, write }: Cast): readonly Command[] => Array.from({ length: random.between(3, 12) }, write)

// --- bursts

/** Requests without a pause, sometimes more than the leader's window holds. */
export const bursts: Schedule = schedule([
  (cast) => [...burst(cast), wait(cast.random.between(1, 30))],
  (cast) => [...burst(cast), wait(cast.random.between(300, 3000))],
  // Comes back while there is much to do: a state image under load.
  (cast) => [
    crash(cast.server),
    ...burst(cast),
    wait(cast.random.between(100, 3000)),
    restart(cast.server),
    wait(cast.random.between(1, 20)),
    ...burst(cast),
    wait(cast.random.between(1, 20)),
  ],
  // A disk that cannot keep up: a follower that lags.
  (cast) => [
    slowDisk(cast.server, pick(cast.random, [1, 100, 1000])),
    ...burst(cast),
    wait(cast.random.between(1, 300)),
  ],
  // A leader that goes on alone, and another beside it.
  (cast) => [isolate(cast.server), ...burst(cast), wait(cast.random.between(1, 3000)), heal],
])

// --- corners

/** A leader logs what nobody hears of, and is back in the middle of the next leader's discovery: it is ahead of it. */
const ahead: Episode = ({ random, server, other, third, client }) => [
  ...bring(client, server),
  slowDisk(other, 100),
  isolate(server),
  append(client),
  append(client),
  wait(15),
  // What is under way never arrives.
  reset(server, other),
  reset(server, third),
  { kind: 'crash', server, loss: 'none' },
  heal,
  wait(random.between(200, 400)),
  restart(server),
  wait(1000),
  slowDisk(other, 1),
]

/** A follower acknowledges what its leader has not on its own disk; both fall; the leader comes back without it. */
const forgotten: Episode = ({ random, server, other, third, client }) => [
  ...bring(client, server),
  isolate(third),
  slowDisk(server, 1000),
  append(client),
  append(client),
  wait(random.between(12, 30)),
  reset(server, third),
  { kind: 'crash', server, loss: 'all' },
  crash(other),
  heal,
  slowDisk(server, 1),
  restart(server),
  wait(1500),
  append(client),
  wait(300),
  restart(other),
  wait(500),
]

/** A follower has acknowledged what nobody else has on disk, and comes back to the same leader, which has not committed it. */
const takenBack: Episode = ({ random, server, other, third, client }) => [
  ...bring(client, server),
  slowDisk(server, 1000),
  slowDisk(third, 1000),
  append(client),
  append(client),
  wait(random.between(12, 30)),
  reset(server, other),
  wait(500),
  slowDisk(server, 1),
  slowDisk(third, 1),
  wait(1000),
]

/** A learner has the history of the epoch on its disk, and falls before the epoch is there as well. */
const betweenHistoryAndEpoch: Episode = ({ random, server, write }) => [
  crash(server),
  write(),
  write(),
  wait(1000),
  slowDisk(server, random.between(5, 30)),
  restart(server),
  wait(random.between(20, 300)),
  crash(server),
  slowDisk(server, 1),
  restart(server),
  wait(300),
]

/** A session that its client never hears of: nobody takes it up, and it expires. */
const orphan: Episode = ({ random, server, client, write }) => [
  write(),
  { kind: 'request', client, action: { op: 'closeSession' } },
  wait(random.between(20, 130)),
  { kind: 'move', client, server },
  wait(random.between(6000, 9000)),
]

/** Writes under way through a slow server while their session goes on elsewhere. */
const leftBehind: Episode = ({ random, server, other, third, client }) => [
  ...bring(client, server),
  { kind: 'slowLink', from: server, to: other, factor: 20 },
  { kind: 'slowLink', from: server, to: third, factor: 20 },
  append(client),
  append(client),
  wait(random.between(1, 5)),
  { kind: 'move', client, server: other, abrupt: true },
  wait(random.between(100, 1000)),
  heal,
]

/**
 * Twice a leader promises itself an epoch that its only follower never stores. The others begin the first of the two among
 * themselves; the former leader, and an observer that heard it, have promised the second.
 */
const promises: Episode = ({ server, other, third }) => [
  wait(1000),
  crash(third),
  ...[1, 2].flatMap((): readonly Command[] => [
    slowDisk(other, 1000),
    { kind: 'crash', server, loss: 'none' },
    { kind: 'crash', server: other, loss: 'all' },
    restart(server),
    restart(other),
    wait(300),
  ]),
  { kind: 'crash', server, loss: 'none' },
  { kind: 'crash', server: other, loss: 'all' },
  slowDisk(other, 1),
  restart(other),
  restart(third),
  wait(1000),
  restart(server),
  wait(1000),
]

/** A leader that is cut off and whose timers stand still: it takes itself for one while another is elected. */
const unaware: Episode = ({ random, server, write }) => [
  write(),
  isolate(server),
  { kind: 'stallTimers', server, ms: 6000 },
  wait(random.between(3000, 6000)),
  write(),
  heal,
  wait(1000),
]

export const corners: Schedule = schedule([
  ahead,
  forgotten,
  takenBack,
  betweenHistoryAndEpoch,
  orphan,
  leftBehind,
  promises,
  unaware,
])

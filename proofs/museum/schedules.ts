/** How faults are drawn for a bug: some show only where servers fall at the right moment. */
import type { Command } from '../../model/world/command.js'
import type { WorldOptions } from '../../model/world/options.js'
import { serversOf } from '../../model/world/options.js'
import type { Random } from '../../model/world/random.js'
import { pick } from '../../model/world/random.js'
import { randomAction, randomCommands } from '../../model/world/schedule.js'

/** `length`: so many commands, or a few more. */
export type Schedule = (random: Random, options: WorldOptions, length: number) => readonly Command[]

const SHORT_MS = [1, 3, 10, 30] as const
const ELECTION_MS = [300, 1000, 3000] as const

/** One episode after another, each about one server that falls and comes back. */
const episodes =
  (episode: (random: Random, server: number, write: () => Command) => readonly Command[]): Schedule =>
  (random, options, length) => {
    const servers = serversOf(options)
    const write = (): Command => ({
      kind: 'request',
      client: random.below(options.clients),
      action: randomAction(random),
    })
    const commands: Command[] = []
    while (commands.length < length)
      commands.push(...episode(random, servers[random.below(servers.length)] ?? 1, write))
    return commands
  }

/** A server falls shortly after two writes; half of the time goes into elections. */
const restless = episodes((random, server, write) => [
  write(),
  write(),
  { kind: 'advance', ms: pick(random, SHORT_MS) },
  random.below(2) === 0 ? { kind: 'isolate', server } : { kind: 'crash', server, effect: random.below(4) },
  { kind: 'advance', ms: pick(random, ELECTION_MS) },
  random.below(2) === 0 ? { kind: 'heal' } : { kind: 'restart', server },
])

/** A server is cut off, then told to write: a leader logs what nobody else hears of, and comes back with it. */
const tails = episodes((random, server, write) => [
  { kind: 'advance', ms: pick(random, ELECTION_MS) },
  { kind: 'isolate', server },
  write(),
  write(),
  write(),
  { kind: 'advance', ms: pick(random, SHORT_MS) },
  random.below(2) === 0 ? { kind: 'crash', server } : { kind: 'advance', ms: 30 },
  { kind: 'advance', ms: 3000 },
  { kind: 'heal' },
  { kind: 'restart', server },
])

/** A server misses some writes, comes back, and falls again while it is being synchronized. */
const comebacks = episodes((random, server, write) => [
  { kind: 'crash', server },
  write(),
  write(),
  write(),
  { kind: 'advance', ms: pick(random, [30, 300, 3000]) },
  { kind: 'restart', server },
  { kind: 'advance', ms: pick(random, SHORT_MS) },
  { kind: 'advance', ms: random.between(1, 30) },
  { kind: 'crash', server, effect: random.below(3) },
  { kind: 'advance', ms: 10 },
  { kind: 'restart', server },
  { kind: 'advance', ms: 300 },
])

/** A server falls and is back before anybody has noticed. */
const blinks = episodes((random, server, write) => [
  write(),
  { kind: 'advance', ms: pick(random, ELECTION_MS) },
  { kind: 'crash', server },
  { kind: 'restart', server },
  { kind: 'advance', ms: pick(random, SHORT_MS) },
])

export const schedules = { random: randomCommands, restless, tails, comebacks, blinks } as const satisfies Readonly<
  Record<string, Schedule>
>

export type ScheduleName = keyof typeof schedules

/** Schedules about machines that come back with an older disk, or an empty one; and go on, as members or as observers. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Command } from '../world/command.js'
import { pick } from '../world/random.js'
import type { Episode } from './episodes.js'
import { schedule, wait } from './episodes.js'
import type { Schedule } from './generate.js'

const append = (client: number): Command => ({
  kind: 'request',
  client,
  action: { op: 'createSequential', path: '/d', value: client },
})
const blink = (server: ServerId): readonly Command[] => [
  { kind: 'crash', server },
  { kind: 'restart', server },
]

/** The machine stops when its last record is on the disk and nobody has heard of it, and comes back without that record. */
const untold: Episode = ({ random, server, client }) => [
  wait(1000),
  { kind: 'crash', server, at: 'synced' },
  append(client),
  append(client),
  wait(random.between(5, 300)),
  { kind: 'replaceDisk', server, lost: 1 },
  append(client),
  wait(1000),
]

/** Everything is lost, or the last; others begin a new epoch, in which the machine is made whole and may vote again. */
const madeWhole: Episode = ({ random, server, other, third, client, write }) => [
  wait(1000),
  write(),
  random.below(2) === 0
    ? { kind: 'replaceDisk', server }
    : { kind: 'replaceDisk', server, lost: random.between(1, 10) },
  append(client),
  wait(random.between(1, 1000)),
  ...blink(other),
  ...blink(third),
  wait(2000),
  append(client),
  ...blink(server),
  wait(2000),
  append(client),
]

/** Lost again while it is being made whole. */
const again: Episode = ({ random, server, write }) => [
  { kind: 'replaceDisk', server },
  write(),
  write(),
  wait(random.between(1, 500)),
  { kind: 'replaceDisk', server, lost: pick(random, [1, 1, 2, 4]) },
  wait(random.between(1, 1000)),
]

export const lostDisks: Schedule = schedule([untold, madeWhole, again])

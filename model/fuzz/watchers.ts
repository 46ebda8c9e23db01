/** Schedules about watches: clients that watch, what they watch changes, and they may be away meanwhile. SESS-6. */
import type { ClientAction, Command } from '../world/command.js'
import { pick } from '../world/random.js'
import type { Cast, Episode } from './episodes.js'
import { schedule, wait } from './episodes.js'
import type { Schedule } from './generate.js'

const PATHS = ['/a', '/a', '/b', '/a/c'] as const

const request = (client: number, action: ClientAction): Command => ({ kind: 'request', client, action })

/** All that can be watched of a path. */
const watch = (client: number, path: string): readonly Command[] => [
  request(client, { op: 'exists', path, watch: true }),
  request(client, { op: 'getChildren', path, watch: true }),
  request(client, { op: 'getData', path, watch: true }),
]

/** One that a watch tells of, unless there is nothing to change. */
const change = ({ random, otherClient }: Cast, path: string): Command => {
  const value = random.below(1000)
  const action = pick<ClientAction>(random, [
    { op: 'create', path, value },
    { op: 'setData', path, value },
    { op: 'delete', path },
    { op: 'createEphemeral', path: `${path}/e`, value },
    { op: 'createSequential', path: `${path}/s`, value },
  ])
  return request(otherClient, action)
}

/** The watcher hears of changes while it asks again and again. */
const present: Episode = (cast) => {
  const { random, client } = cast
  const path = pick(random, PATHS)
  const round = (): readonly Command[] => [
    ...watch(client, path),
    wait(random.between(1, 10)),
    change(cast, path),
    change(cast, path),
    request(client, { op: 'sync' }),
    request(client, { op: 'getData', path }),
    wait(random.between(1, 30)),
  ]
  return [...round(), ...round()]
}

/** The watcher is away while what it watches changes; it puts its watches back, perhaps twice. */
const away: Episode = (cast) => {
  const { random, client, server } = cast
  const path = pick(random, PATHS)
  const leave = (): Command =>
    pick<Command>(random, [
      { kind: 'drop', client },
      { kind: 'move', client, server },
      { kind: 'move', client, server, abrupt: true },
    ])
  return [
    request(cast.otherClient, { op: 'create', path, value: 0 }),
    ...watch(client, path),
    wait(random.between(10, 100)),
    leave(),
    change(cast, path),
    change(cast, path),
    wait(random.between(20, 120)),
    ...(random.below(2) === 0 ? [leave()] : []),
    wait(random.between(100, 300)),
    request(client, { op: 'getData', path }),
    wait(random.between(1, 30)),
  ]
}

/** What is watched goes with the session that owns it. */
const gone: Episode = (cast) => {
  const { random, client, otherClient } = cast
  const path = pick(random, PATHS)
  return [
    request(otherClient, { op: 'delete', path }),
    request(otherClient, { op: 'createEphemeral', path, value: 0 }),
    wait(random.between(10, 100)),
    ...watch(client, path),
    wait(random.between(1, 30)),
    request(otherClient, { op: 'closeSession' }),
    wait(random.between(1, 300)),
    request(client, { op: 'exists', path }),
    wait(random.between(1, 30)),
  ]
}

export const watchers: Schedule = schedule([present, away, away, gone])

/**
 * Every step says why: for each phase and each event, all reasons that the core ever gives and what it does then, over many
 * thousands of events that make sense or not. `ZAB_GOLDEN=write` writes the table again, to be reviewed as a change.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../../src/core/effect.js'
import type { Event } from '../../../src/core/event.js'
import type { Peer } from '../../../src/core/peer.js'
import type { Rules } from '../../../src/core/rules.js'
import { rules } from '../../../src/core/rules.js'
import { randomOf } from '../random.js'
import {
  ack,
  broadcasting,
  commit,
  diskOf,
  elected,
  established,
  following,
  newLeader,
  promised,
  proposal,
  Server,
  sync,
  synchronizing,
} from '../server.js'
import { wildEvent } from '../wild-events.js'

const file = fileURLToPath(new URL('./reasons.txt', import.meta.url))

const SEEDS = 3000
const EVENTS = 30

const receiving = (): Server => promised().receives(3, 'leader', sync('DIFF', '0:0'))

const starts: readonly (() => Server)[] = [
  () => new Server(1),
  () => new Server(3, { disk: diskOf(1, 1, '1:1', '1:2') }),
  () => new Server(4, { observers: [4] }),
  elected,
  () => elected({ disk: diskOf(1, 1, '1:1', '1:2') }),
  synchronizing,
  established,
  () => established().submits('a').submits('b'),
  () => established().submits('a').syncs().receives(2, 'learner', ack('1:1')),
  following,
  () => following({ disk: diskOf(2, 1, '1:1') }),
  promised,
  () => promised({ disk: diskOf(1, 1, '1:1') }, 2),
  receiving,
  () => receiving().receives(3, 'leader', proposal('1:1'), commit('1:1'), proposal('1:2')),
  () => receiving().receives(3, 'leader', proposal('1:1'), commit('1:1'), newLeader(1)),
  () => receiving().receives(3, 'leader', newLeader(1)).syncs(),
  () => promised().receives(3, 'leader', sync('SNAP', '1:2')),
  broadcasting,
  () => broadcasting().receives(3, 'leader', proposal('1:1'), proposal('1:2')).syncs(),
]

const stateOf = ({ role }: Peer<string>): string => ('phase' in role ? `${role.kind} ${role.phase.kind}` : role.kind)

const nameOf = (event: Event<string>): string => {
  switch (event.kind) {
    case 'Received':
      return `${event.message.type} from a ${event.side}`
    case 'Connected':
    case 'Disconnected':
      return `${event.kind} ${event.side}`
    case 'TimerFired':
      return event.timer
    default:
      return event.kind
  }
}

const deed = (effect: Effect<string>): string => {
  switch (effect.kind) {
    case 'Send':
      return effect.message.type
    case 'Persist':
      return effect.durable.kind
    case 'SetTimer':
      return `+${effect.timer}`
    case 'CancelTimer':
      return `-${effect.timer}`
    default:
      return effect.kind
  }
}

/** `state, event`, and below it `reasons: deeds → new state`, in alphabetical order. */
const observed = (using: Rules): string => {
  const seen = new Map<string, Set<string>>()
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const random = randomOf(seed)
    const start = starts[seed % starts.length]?.() ?? new Server(1)
    const server = new Server(start.self, { observers: [4], rules: using })
    server.peer = start.peer
    for (let count = 0; count < EVENTS; count += 1) {
      const event = wildEvent(random, server.peer.nextToken)
      if (event.kind === 'Started') continue
      const before = stateOf(server.peer)
      const situation = `${before}, ${nameOf(event)}`
      server.on(event)
      const after = stateOf(server.peer)
      const deeds = [...new Set(server.effects.map(deed))].join(' ')
      const becomes = after === before ? '' : ` → ${after}`
      const line = `${server.clauses.join(' ') || 'no clause'}: ${deeds || 'nothing'}${becomes}`
      seen.set(situation, (seen.get(situation) ?? new Set()).add(line))
    }
  }
  return [...seen]
    .sort(([first], [second]) => (first < second ? -1 : 1))
    .map(([situation, lines]) => [situation, ...[...lines].sort().map((line) => `    ${line}`)].join('\n'))
    .join('\n')
}

describe('reasons and deeds', () => {
  it('are those of the table', () => {
    const table = `${observed(rules)}\n`
    if (process.env['ZAB_GOLDEN'] === 'write') writeFileSync(file, table)
    else expect(table).toBe(readFileSync(file, 'utf8'))
  })

  it('would be others with another rule', () => {
    const changed = { ...rules, premises: { ...rules.premises, 'DISC-4.newer': () => false } }
    expect(`${observed(changed)}\n`).not.toBe(readFileSync(file, 'utf8'))
  })
})

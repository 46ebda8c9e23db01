/** Watches are fuzzed: servers that tell of changes late, never, twice or wrongly are found out by what clients heard. SESS-6. */
import { describe, expect, it } from 'vitest'
import type { Case } from '../../../model/fuzz/campaign.js'
import { makeCampaign } from '../../../model/fuzz/campaign.js'
import { marks } from '../../../model/fuzz/marks.js'
import { watchers } from '../../../model/fuzz/watchers.js'
import { checkWatches } from '../../../model/consistency/watches.js'
import { faultNames } from '../../../model/world/atlas.js'
import type { Program } from '../../../model/world/node.js'
import { randomCommands } from '../../../model/world/schedule.js'
import { bending, remembering } from '../../../proofs/museum/program.js'
import { together } from '../../../proofs/museum/together.js'
import type { ServerEffect } from '../../../src/server/effect.js'
import type { WatchNotification } from '../../../src/service/response.js'

const campaignOf = (program?: Program) =>
  makeCampaign({
    generator: {
      seed: 4,
      shard: { index: 1, count: 1 },
      voters: 3,
      observers: 1,
      clients: 3,
      faults: faultNames,
      schedules: [watchers, watchers, randomCommands],
    },
    subject: program === undefined ? {} : { program },
    corpus: [],
    together,
  })

type Told = Extract<ServerEffect, { readonly kind: 'ClientSend' }> & { readonly message: WatchNotification }
const isTold = (effect: ServerEffect): effect is Told =>
  effect.kind === 'ClientSend' && effect.message.kind === 'WatchNotification'
const isReply = (effect: ServerEffect): boolean => effect.kind === 'ClientSend' && effect.message.kind === 'Reply'

/** Every event is something else, or several, or nothing. */
const telling = (change: (told: Told) => readonly ServerEffect[]): Program =>
  bending((_, __, step) => ({
    ...step,
    effects: step.effects.flatMap((effect) => (isTold(effect) ? change(effect) : [effect])),
  }))

/** An event is held back until the next answer has gone out. */
const late = remembering<readonly ServerEffect[]>([], (_before, _event, step, held) => {
  const others = step.effects.filter((effect) => !isTold(effect))
  const all = [...held, ...step.effects.filter(isTold)]
  return others.some(isReply) ? [{ ...step, effects: [...others, ...all] }, []] : [{ ...step, effects: others }, all]
})

const faults: readonly (readonly [string, Program])[] = [
  ['late', late],
  ['never', telling(() => [])],
  ['sometimes not', telling((told) => (told.message.path === '/a' ? [] : [told]))],
  ['twice', telling((told) => [told, told])],
  [
    'as something else',
    telling((told) =>
      told.message.type === 'NodeCreated'
        ? [{ ...told, message: { ...told.message, type: 'NodeDataChanged' as const } }]
        : [told],
    ),
  ],
]

/** The first case with a finding. */
const find = (program: Program, count: number): Case | undefined => {
  const campaign = campaignOf(program)
  for (let index = 0; index < count; index += 1) {
    const next = campaign.next()
    if (next.run.violation !== undefined) return next
  }
  return undefined
}

describe('a change that is told', () => {
  it.each(faults)('%s is found, and by what the clients have written down alone', (_name, program) => {
    const found = find(program, 40)
    expect(found?.run.violation?.clause).toBe('SESS-6')
    const verdict = found === undefined ? undefined : checkWatches(found.run.world.history())
    expect(verdict).toMatchObject({ kind: 'Violated', clause: 'SESS-6' })
  })
})

describe('the real servers', () => {
  it('tell every change in time, to clients that come and go as well', () => {
    const campaign = campaignOf()
    for (let index = 0; index < 80; index += 1) {
      const { run } = campaign.next()
      expect(run.violation).toBeUndefined()
      expect(checkWatches(run.world.history())).toEqual({ kind: 'Held' })
    }
    expect(campaign.reached().marks.get(marks.watchFired)).toBeGreaterThan(100)
    expect(campaign.reached().marks.get(marks.watchesRestored)).toBeGreaterThan(10)
    expect(campaign.reached().marks.get(marks.missedTold)).toBeGreaterThan(5)
  })
})

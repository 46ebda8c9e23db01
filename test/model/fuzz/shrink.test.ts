/** Findings get plain: smaller worlds, fewer commands that do less, the same finding; and stories that fit on a page. */
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { makeCampaign } from '../../../model/fuzz/campaign.js'
import { bursts, corners } from '../../../model/fuzz/episodes.js'
import { executing } from '../../../model/fuzz/execute.js'
import { plainerCommands } from '../../../model/fuzz/plainer.js'
import { simplifying } from '../../../model/fuzz/shrink.js'
import { smallerWorlds } from '../../../model/fuzz/smaller.js'
import { faultNames } from '../../../model/world/atlas.js'
import type { Command } from '../../../model/world/command.js'
import type { WorldOptions } from '../../../model/world/options.js'
import { plainOptions } from '../../../model/world/options.js'
import { makeRandom } from '../../../model/world/random.js'
import type { Run } from '../../../model/world/schedule.js'
import { randomCommands } from '../../../model/world/schedule.js'
import { makeWorld } from '../../../model/world/world.js'
import type { CatalogueId } from '../../../proofs/museum/catalogue.js'
import { together } from '../../../proofs/museum/together.js'
import { failureOf } from '../../../src/cli/fuzz/shrink-failure.js'
import { subjectOf } from '../../../src/cli/fuzz/subject.js'
import { unpackToken } from '../../../src/cli/fuzz/token.js'

const options: WorldOptions = {
  seed: 1,
  voters: 3,
  observers: 1,
  clients: 2,
  codecs: true,
  committedWindow: 2,
  snapCount: 5,
}

/** A number that falls with each change for the better. */
const weightOf = ({ options: o, commands }: Pick<Run, 'options' | 'commands'>): number =>
  1000 * (o.voters + o.observers + o.clients) +
  10 * Number(o.codecs !== undefined) +
  10 * Number(o.committedWindow !== undefined) +
  10 * Number(o.snapCount !== undefined) +
  JSON.stringify(commands).replace(/"path":"\/[^"]*[^a"]"/g, '"path":"/a/longer"').length

describe('smaller worlds', () => {
  const commands: readonly Command[] = [
    { kind: 'crash', server: 2 },
    { kind: 'cut', from: 3, to: 4 },
    { kind: 'reset', first: 1, second: 3 },
    { kind: 'partition', group: [1, 2, 4] },
    { kind: 'move', client: 1, server: 3 },
    { kind: 'heal' },
  ]

  it('lack one server, and what was said of it; those behind it move up', () => {
    const [, third] = smallerWorlds({ options, commands })
    expect(third?.options).toMatchObject({ voters: 2, observers: 1 })
    expect(third?.commands).toEqual([
      { kind: 'crash', server: 2 },
      { kind: 'partition', group: [1, 2, 3] },
      { kind: 'heal' },
    ])
  })

  it('lack a joiner, and what operators wanted of it; or are as they are where nobody reconfigures', () => {
    const own = { ...options, joiners: 2, reconfiguration: true }
    const change: Command = { kind: 'reconfigure', client: 0, voters: [6, 1], observers: [5], leaving: [4] }
    const [last, , fourth] = smallerWorlds({
      options: own,
      commands: [change, { ...change, voters: [], observers: [] }],
    })
    expect(last?.options).toMatchObject({ voters: 3, observers: 1, joiners: 1 })
    expect(last?.commands[0]).toEqual({ ...change, voters: [1] })
    // Of those behind the fourth one the names are other ones; nobody is left in the second command.
    expect(fourth?.options).toMatchObject({ voters: 3, observers: 0, joiners: 2 })
    expect(fourth?.commands).toEqual([{ ...change, voters: [5, 1], observers: [4], leaving: [] }])
    const settled = smallerWorlds({ options: own, commands: [] }).filter(
      ({ options: o }) => o.reconfiguration === undefined,
    )
    expect(settled).toHaveLength(1)
    expect(smallerWorlds({ options: { ...own, joiners: 1 }, commands: [] })[0]?.options).not.toHaveProperty('joiners')
  })

  it('lack one client, or an option', () => {
    const trials = smallerWorlds({ options, commands })
    expect(trials).toHaveLength(4 + 2 + 3)
    expect(trials[4]?.commands).toEqual(commands.filter(({ kind }) => kind !== 'move'))
    expect(trials[5]?.commands).toContainEqual({ kind: 'move', client: 0, server: 3 })
    expect(trials.slice(6).map(({ options: plainer }) => Object.keys(plainer).length)).toEqual([6, 6, 6])
  })

  it('are worlds still, down to one voter and one client', () => {
    let trial = { options, commands: randomCommands(makeRandom(3), options, 60) }
    for (;;) {
      const [smaller] = smallerWorlds(trial)
      if (smaller === undefined) break
      expect(weightOf(smaller)).toBeLessThan(weightOf(trial))
      const world = makeWorld(smaller.options)
      for (const command of smaller.commands) world.run(command)
      expect(world.violation()).toBeUndefined()
      trial = smaller
    }
    expect(trial.options).toMatchObject({ voters: 1, observers: 0, clients: 1 })
  })
})

describe('plainer commands', () => {
  it.each<readonly [Command, readonly Command[]]>([
    [{ kind: 'crash', server: 1, effect: 2, loss: 'all' }, [{ kind: 'crash', server: 1 }]],
    [{ kind: 'isolate', server: 1, direction: 'in' }, [{ kind: 'isolate', server: 1 }]],
    [{ kind: 'partition', group: [2] }, [{ kind: 'isolate', server: 2 }]],
    [{ kind: 'advance', ms: 3217 }, [{ kind: 'advance', ms: 3000 }]],
    [
      { kind: 'reconfigure', client: 0, voters: [1, 2], observers: [], version: 'last' },
      [{ kind: 'reconfigure', client: 0, voters: [1, 2], observers: [] }],
    ],
    [
      { kind: 'reconfigure', client: 0, voters: [1, 2], observers: [], leaving: [3] },
      [{ kind: 'reconfigure', client: 0, voters: [1, 2], observers: [], leaving: [] }],
    ],
    [
      { kind: 'request', client: 1, action: { op: 'getData', path: '/b', watch: true } },
      [{ kind: 'request', client: 1, action: { op: 'getData', path: '/b' } }],
    ],
  ])('of %j begin with %j', (command, plainest) => {
    expect(plainerCommands({ options, commands: [command] }).map(({ commands }) => commands)[0]).toEqual(plainest)
  })

  it('take two waits for one', () => {
    const waits = [10, 20].map((ms) => ({ kind: 'advance', ms }) as const)
    expect(plainerCommands({ options, commands: waits })[0]?.commands).toEqual([{ kind: 'advance', ms: 30 }])
  })

  it('come to an end', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      let trial = { options, commands: randomCommands(makeRandom(seed), { ...options, faults: faultNames }, 30) }
      for (let changes = 0; ; changes += 1) {
        expect(changes).toBeLessThan(500)
        const [next] = plainerCommands(trial)
        if (next === undefined) break
        trial = { options, commands: next.commands }
      }
    }
  })
})

/** Bugs that are found within few cases. */
const BUGS: readonly CatalogueId[] = ['ZK-962', 'ZK-2845', 'ZK-4643', 'window-ignored']
const MAX_TRIALS = 250
const MAX_LINES = 20

describe('a planted bug', () => {
  it.each(BUGS)('%s is told in few steps, and its token runs to the same end', (bug) => {
    const planted = subjectOf(bug)
    if (isLeft(planted)) expect.fail(planted.left)
    const { subject, fixed, schedule } = planted.right
    const campaign = makeCampaign({
      generator: {
        seed: 1,
        shard: { index: 1, count: 1 },
        voters: 3,
        observers: 1,
        clients: 3,
        fixed,
        faults: faultNames,
        schedules: schedule === undefined ? [randomCommands, bursts, corners] : [schedule],
      },
      subject,
      corpus: [],
      together,
    })
    let { run } = campaign.next()
    while (run.violation === undefined && campaign.progress().cases < 100) ({ run } = campaign.next())
    let best = run
    let trials = 0
    for (const plainer of simplifying(run, executing(subject))) {
      expect(plainer.violation?.clause).toBe(run.violation?.clause)
      expect(plainer.commands.length).toBeLessThanOrEqual(best.commands.length)
      best = plainer
      trials += 1
      if (trials === MAX_TRIALS) break
    }
    const failure = failureOf(subject, { options: plainOptions(best.options), commands: best.commands, bug }, '.')
    const { story, violation, fingerprint } = failure.account
    expect(violation).toEqual(best.violation)
    expect(story.split('\n').length).toBeLessThanOrEqual(MAX_LINES)
    expect(story).not.toContain('left out')
    const token = unpackToken(failure.token)
    const again = isRight(token) ? failureOf(subject, token.right, '.') : undefined
    expect([again?.account.violation, again?.account.fingerprint, again?.isAnotherRun]).toEqual([
      violation,
      fingerprint,
      false,
    ])
  })

  it('is not invented: what holds stays as it is', () => {
    const run = executing({})(options, [])
    expect([...simplifying(run, executing({}))]).toEqual([])
  })
})

/**
 * Every step of the real core is a step of the abstract system: judged on worlds of whole servers and on ensembles of bare
 * cores. The judge finds planted bugs of the core within a few seeds, and lies about what happened.
 */
import { describe, expect, it } from 'vitest'
import type { Observe, Observer } from '../../model/observer.js'
import type { WorldOptions } from '../../model/world/options.js'
import { makeRandom } from '../../model/world/random.js'
import { randomCommands, runSchedule } from '../../model/world/schedule.js'
import type { CatalogueId } from '../../proofs/museum/catalogue.js'
import { catalogue } from '../../proofs/museum/catalogue.js'
import { hunt } from '../../proofs/museum/hunt.js'
import { marks, refinement } from '../../proofs/refinement.js'
import { zab } from '../../spec/zab.js'
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import { run } from '../core/safety.js'

const FIRST_SEED = Number(process.env['ZAB_SEED'] ?? 1)
const WORLDS = Number(process.env['ZAB_WORLDS'] ?? 120)
const ENSEMBLES = Number(process.env['ZAB_ENSEMBLES'] ?? 60)
const seedsFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => first + index)

/** Schedules of 60 commands, for each seed. The world's own checks may end one before the judge has seen anything. */
const BUG_SCHEDULES = 40
const BUG_SEEDS = seedsFrom(1, 3)

/** What the judge objects to in one world, as `id: text`. */
const judgeWorld = (seed: number, using: Rules, observe: Observe<unknown>, voters = 3): string | undefined => {
  let objection: string | undefined
  const watching: Observe<unknown> = (host) =>
    observe({
      ...host,
      report: (id, what) => {
        objection ??= `${id}: ${what}`
        host.report(id, what)
      },
    })
  const options: WorldOptions = { seed, voters, observers: 1, clients: 3, rules: using, observe: watching }
  runSchedule(options, randomCommands(makeRandom(seed), options, 60))
  return objection
}

const counting = (): { readonly counts: Map<string, number>; readonly observe: Observe<unknown> } => {
  const counts = new Map<string, number>()
  const count = (what: string): void => {
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return { counts, observe: refinement({ count, wholeEvery: 50 }) }
}

describe('the unmodified core', () => {
  it(`takes only abstract steps in ${WORLDS} worlds from seed ${FIRST_SEED}`, () => {
    const { counts, observe } = counting()
    const objections = seedsFrom(FIRST_SEED, WORLDS).flatMap(
      (seed) => judgeWorld(seed, rules, observe, seed % 5 === 0 ? 5 : 3) ?? [],
    )
    expect(objections).toEqual([])
    expect(zab.actions.filter(({ name }) => (counts.get(name) ?? 0) < WORLDS)).toEqual([])
  })

  it(`takes only abstract steps in ${ENSEMBLES} ensembles of bare cores, which reach every remarkable situation`, () => {
    const { counts, observe } = counting()
    const outcomes = seedsFrom(FIRST_SEED, ENSEMBLES).map((seed) => run(seed, 3000, rules, [9], observe).violation)
    expect(outcomes.filter((violation) => violation !== undefined)).toEqual([])
    expect(Object.values(marks).filter((mark) => !counts.has(mark))).toEqual([])
  })
})

/**
 * It sees neither that an election goes wrong, nor sessions, nor what an image contains: digests, SM-3 in the world
 * and the judge of elections do (test/proofs/museum).
 */
const beyondTheJudge: readonly CatalogueId[] = ['ZK-1367', 'ZK-1419', 'ZK-1514', 'ZK-3104']

describe('a historical bug', () => {
  const ids = Object.keys(catalogue) as CatalogueId[] // keys of a constant record are its names

  it.each(ids.filter((id) => !beyondTheJudge.includes(id)))(`%s is seen by the judge alone`, (id) => {
    expect(objectionTo(id)).toBeDefined()
  })

  it.each(beyondTheJudge)('%s is none of its business', (id) => {
    expect(objectionTo(id)).toBeUndefined()
  })

  /** The first objection of the judge; what the world itself finds does not count. */
  const objectionTo = (id: CatalogueId): string | undefined => {
    let objection: string | undefined
    const watching: Observe<unknown> = (host) =>
      refinement()({
        ...host,
        report: (what) => {
          objection ??= what
          host.report(what, what)
        },
      })
    for (const seed of BUG_SEEDS)
      if (objection === undefined) hunt(catalogue[id].variation, { seed, schedules: BUG_SCHEDULES, judges: [watching] })
    return objection
  }

  it('is told with the step, the nearest action, the guard that failed, the clauses and the difference', () => {
    const early = catalogue['ZK-4643'].variation.rules ?? rules
    const objections = seedsFrom(1, 20).map((seed) => judgeWorld(seed, early, refinement()))
    const objection = objections.find((text) => text?.startsWith('adopt: ') === true)
    expect(objection).toContain('Nearest: adopt; not so: "the initial history is durable"')
    expect(objection).toMatch(/at this step: the disk of server \d has synced CurrentEpoch/)
    expect(objection).toContain('clauses: SYNC-2, RECV-3')
    expect(objection).toMatch(/the abstract state has changed in this step:\n {2}lineage\(\d, \d\): no longer true/)
  })
})

describe('a lie about what happened is found', () => {
  /** The judge, told something else than what is so. */
  const lying =
    (lie: (judge: Observer<unknown>) => Partial<Observer<unknown>>): Observe<unknown> =>
    (host) => {
      const judge = refinement()(host)
      return { ...judge, ...lie(judge) }
    }

  it.each<[string, string, (judge: Observer<unknown>) => Partial<Observer<unknown>>]>([
    [
      'a disk that forgets an append',
      'acknowledge',
      (judge) => ({
        synced: (server, durable) => {
          if (durable.kind !== 'Append') judge.synced(server, durable)
        },
      }),
    ],
    [
      'an acknowledgement of a proposal that does not exist',
      'universe',
      (judge) => ({
        sent: (server, to, message) => {
          judge.sent(server, to, message.type === 'ACK' ? { type: 'ACK', zxid: { epoch: 1, counter: 999 } } : message)
        },
      }),
    ],
    [
      'a promise of another epoch',
      'LEADERINFO',
      (judge) => ({
        synced: (server, durable) => {
          judge.synced(
            server,
            durable.kind === 'AcceptedEpoch' ? { kind: 'AcceptedEpoch', epoch: durable.epoch + 1 } : durable,
          )
        },
      }),
    ],
    [
      'a server whose state goes back without an image',
      'deliver',
      (judge) => ({
        stepped: (server, before, after, what) => {
          const { role, history } = after
          const goesBack = role.kind === 'Following' && history.delivered > 2
          judge.stepped(server, before, goesBack ? { ...after, history: { ...history, delivered: 0 } } : after, what)
        },
      }),
    ],
    [
      'UPTODATE before the epoch is established',
      'UPTODATE',
      (judge) => ({
        sent: (server, to, message) => {
          judge.sent(server, to, message.type === 'NEWLEADER' ? { type: 'UPTODATE' } : message)
        },
      }),
    ],
  ])('%s', (_, id, lie) => {
    expect(judgeWorld(1, rules, lying(lie))).toMatch(new RegExp(`^${id}: `))
  })
})

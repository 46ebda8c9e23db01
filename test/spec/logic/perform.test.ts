/** Actions check their guards, change everything at once, and find the few tuples that may change. */
import fc from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import type { Term } from '../../../spec/logic/formula.js'
import { and, equal, not, or } from '../../../spec/logic/formula.js'
import { compileSystem } from '../../../spec/logic/perform.js'
import { pinsOf } from '../../../spec/logic/pivot.js'
import { showTerm } from '../../../spec/logic/smt-lib.js'
import { difference, showChange } from '../../../spec/logic/difference.js'
import { copy, holds, makeChange, sizeOf, valueOf } from '../../../spec/logic/structure.js'
import type { Definition } from '../../../spec/logic/system.js'
import { define } from '../../../spec/logic/system.js'
import { committer, delivered, durable, log, n, origin, t, u } from '../../../spec/symbols.js'
import { zab } from '../../../spec/zab.js'
import { fillAtRandom, makeUniverse, randomOf } from './universe.js'

const small = { nodes: 3, epochs: 3, transactionsOfEpoch: 2 }
const unguarded = { ...zab, actions: zab.actions.map((action) => ({ ...action, guards: [] })) }

test.each(zab.actions.map(({ name, parameters }) => [name, parameters] as const))(
  '%s changes the same tuples whether it looks at few of them or at all',
  (name, parameters) => {
    const [some, every] = [compileSystem(unguarded), compileSystem(unguarded, { pinned: false })]
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(2, 3, 8), (seed, sparsity) => {
        const random = randomOf(seed)
        const before = makeUniverse(small)
        fillAtRandom(before, random, sparsity)
        const ids = parameters.map(({ sort }) => random(sizeOf(before, sort)))
        const [one, other] = [copy(before), copy(before)]
        const changes = some.perform(one, name, ids)
        expect(changes).toEqual(
          every.perform(other, name, Object.fromEntries(parameters.map((p, i) => [p.name, ids[i] ?? 0]))),
        )
        if (!isRight(changes)) throw new Error('nothing guards it')
        expect(difference(one, other)).toEqual([])
        const shown = (list: typeof changes.right): ReadonlySet<string> =>
          new Set(list.map((change) => showChange(one, change)))
        expect(shown(changes.right)).toEqual(shown(difference(before, one)))
        for (const change of changes.right) makeChange(before, change)
        expect(difference(before, one)).toEqual([])
      }),
      { seed: 1, numRuns: 40 },
    )
  },
)

test('the pins of the actions', () => {
  const pins = new Map(
    zab.actions.flatMap(({ name, updates }) =>
      updates.map((update) => [
        `${name} ${update.symbol.name}`,
        pinsOf(update).map(({ variable, term }) => `${variable.name} = ${showTerm(term)}`),
      ]),
    ),
  )
  expect(pins.get('deliver deliveredBefore')).toEqual(['n = server', 'u = zxid'])
  expect(pins.get('crash deliveredBefore')).toEqual(['n = server'])
  expect(pins.get('commit committedIn')).toEqual(['e = (epochOf zxid)'])
  expect(pins.get('propose deliveredAtBroadcast')).toEqual(['t = zxid'])
  expect(pins.get('startEpoch leaderOf')).toEqual(['e = epoch'])
  expect(pins.get('establish committed')).toEqual([])
})

test('a condition that does not guard every change pins nothing', () => {
  const old = log(n, t)
  const values = [
    or(old, equal(t, origin), durable(n, t)),
    or(not(old), equal(t, origin)),
    or(old, and(durable(n, t), not(equal(t, origin)))),
    or(old, equal(t, u)),
    and(old, or(equal(t, origin), durable(n, t))),
  ]
  const terms = (definition: Definition): readonly Term[] => pinsOf(definition).map(({ term }) => term)
  expect(values.map((value) => terms(define(log, n, t)(value)))).toEqual([[], [], [], [u], []])
  // In `log(t is u)` the term is a variable of the update itself.
  expect(terms({ kind: 'Relation', symbol: log.symbol, variables: [n, u], value: or(log(n, u), equal(u, n)) })).toEqual(
    [],
  )
})

test('a refusal names every guard that fails, and nothing changes', () => {
  const system = compileSystem(zab)
  const structure = makeUniverse(small)
  system.initialize(structure)
  const before = copy(structure)
  const refused = system.perform(structure, 'acknowledge', { server: 0, zxid: 1 })
  const names = isLeft(refused) ? refused.left.failed.map(({ name }) => name) : []
  expect(names).toEqual(['the log is of its epoch', 'its epoch is adopted', 'it is durable'])
  expect(isLeft(refused) && refused.left.action).toBe('acknowledge')
  expect(difference(before, structure)).toEqual([])
  expect(system.failing(structure, 'acknowledge', [0, 0]).map(({ name }) => name)).toEqual(['a proposal'])
})

test('the initial state is as defined', () => {
  const system = compileSystem(zab)
  const structure = makeUniverse(small)
  fillAtRandom(structure, randomOf(1), 2)
  system.initialize(structure)
  expect(holds(structure, log.symbol, [2, 0])).toBe(true)
  expect(holds(structure, log.symbol, [2, 1])).toBe(false)
  expect(valueOf(structure, committer.symbol, [3])).toBe(0)
})

test('updates read the state before, not each other', () => {
  const exchange = {
    ...zab,
    actions: [
      {
        name: 'exchange',
        parameters: [],
        guards: [],
        updates: [define(log, n, t)(delivered(n, t)), define(delivered, n, t)(log(n, t))],
        standsFor: '',
        clauses: [],
      },
    ],
  }
  const system = compileSystem(exchange)
  const structure = makeUniverse(small)
  fillAtRandom(structure, randomOf(5), 2)
  const before = copy(structure)
  system.perform(structure, 'exchange', [])
  for (let node = 0; node < 3; node++)
    for (let transaction = 0; transaction < 5; transaction++) {
      expect(holds(structure, log.symbol, [node, transaction])).toBe(
        holds(before, delivered.symbol, [node, transaction]),
      )
      expect(holds(structure, delivered.symbol, [node, transaction])).toBe(
        holds(before, log.symbol, [node, transaction]),
      )
    }
  system.perform(structure, 'exchange', [])
  expect(difference(structure, before)).toEqual([])
})

test('what the system does not have is refused loudly', () => {
  const system = compileSystem(zab)
  const structure = makeUniverse(small)
  expect(() => system.perform(structure, 'explode', [])).toThrow('no action explode')
  expect(() => system.perform(structure, 'adopt', { server: 1 })).toThrow('adopt needs epoch')
})

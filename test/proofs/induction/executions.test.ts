/** Nothing is proved of nothing: the axioms have models, every action happens, and all statements hold along the way. */
import { describe, expect, it } from 'vitest'
import { executions } from '../../../proofs/induction/executions.js'
import { invariant } from '../../../proofs/induction/invariant.js'
import { play, replicate, reign, synchronize } from '../../../proofs/induction/script.js'
import { divided, structureOf, three } from '../../../proofs/induction/small-world.js'
import { makeMonitor } from '../../../spec/logic/monitor.js'
import { compileSystem } from '../../../spec/logic/perform.js'
import { holds, idOf } from '../../../spec/logic/structure.js'
import { properties } from '../../../spec/properties.js'
import { acknowledged, adopted, delivered, history, log } from '../../../spec/symbols.js'
import type { RelationSymbol } from '../../../spec/logic/formula.js'
import type { Structure } from '../../../spec/logic/structure.js'
import { zab } from '../../../spec/zab.js'

const compiled = compileSystem(zab)
const monitor = makeMonitor(zab, [...zab.axioms, ...invariant, ...properties])

const true_ = (structure: Structure, symbol: RelationSymbol, ...names: readonly string[]): boolean =>
  holds(
    structure,
    symbol,
    symbol.sorts.map((sort, position) => idOf(structure, sort, names[position] ?? '') ?? -1),
  )

describe('executions', () => {
  for (const { name, world, script } of executions)
    it(name, () => {
      const structure = structureOf(compiled, world)
      expect(monitor.checkAll(structure)).toBeUndefined()
      const { refused, taken } = play(compiled, structure, script, {
        observe: ({ step }, at) =>
          expect({ at, step, violated: monitor.checkAll(structure) }).toMatchObject({ violated: undefined }),
      })
      expect(refused).toBeUndefined()
      expect(taken).toHaveLength(script.length)
    })

  it('have every action, each changing something', () => {
    const changing = executions.flatMap(({ world, script }) =>
      play(compiled, structureOf(compiled, world), script).taken.filter(({ changes }) => changes.length > 0),
    )
    expect(new Set(changing.map(({ step }) => step.action))).toEqual(new Set(zab.actions.map(({ name }) => name)))
  })

  it('make every relation true somewhere and every function change', () => {
    const changed = executions.flatMap(({ world, script }) =>
      play(compiled, structureOf(compiled, world), script).taken.flatMap(({ changes }) => changes),
    )
    const names = changed.flatMap((change) =>
      change.kind === 'Relation'
        ? change.value === 1
          ? [change.symbol.name]
          : []
        : change.kind === 'Function'
          ? [change.symbol.name]
          : [],
    )
    expect(zab.state.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([])
  })
})

describe('what they end with', () => {
  const lastOf = (index: number): Structure => {
    const { world, script } = executions[index] ?? { world: three, script: [] }
    const structure = structureOf(compiled, world)
    play(compiled, structure, script)
    return structure
  }

  it('two epochs: everybody has delivered the same, and the tail is gone', () => {
    const structure = lastOf(0)
    for (const node of three.nodes) {
      expect(true_(structure, delivered.symbol, node, '1:1')).toBe(true)
      expect(true_(structure, delivered.symbol, node, '2:1')).toBe(true)
      expect(true_(structure, log.symbol, node, '1:2')).toBe(false)
    }
  })

  it('the window of SYNC-2: the history was there, the epoch was not, and the history went', () => {
    const structure = lastOf(1)
    expect(true_(structure, adopted.symbol, 'C', 'e2')).toBe(false)
    expect(true_(structure, history.symbol, 'e2', '1:1')).toBe(true)
    expect(true_(structure, history.symbol, 'e3', '1:1')).toBe(false)
  })

  it('a learner that comes back: its acknowledgement is withdrawn', () => {
    const { script } = executions[2] ?? { script: [] }
    const back = script.findIndex(
      (step, at) => at > 10 && step.action === 'synchronize' && step.of['point'] === 'origin',
    )
    const structure = structureOf(compiled, three)
    play(compiled, structure, script.slice(0, back))
    expect(true_(structure, acknowledged.symbol, 'B', '1:1')).toBe(true)
    play(compiled, structure, script.slice(back, back + 1))
    expect(true_(structure, acknowledged.symbol, 'B', '1:1')).toBe(false)
    expect(true_(lastOf(2), acknowledged.symbol, 'B', '1:1')).toBe(true)
  })
})

describe('the check', () => {
  it('finds a world without intersecting quorums', () => {
    expect(monitor.checkAll(structureOf(compiled, divided))?.statement.name).toBe('quorums intersect')
  })

  it('finds a step that is not admitted, and names the guard', () => {
    const structure = structureOf(compiled, three)
    const { refused } = play(compiled, structure, [
      ...reign('e1', 'A', 'AB'),
      ...replicate('1:1', 'AB'),
      synchronize('B', 'e1'),
    ])
    expect(refused?.step.action).toBe('synchronize')
    expect(refused?.guards.map(({ name }) => name)).toEqual(['keeps what it shares with the history'])
  })
})

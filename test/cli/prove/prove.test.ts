/** The proof itself, with Z3 from npm; and that it can fail: planted faults, solvers that give up, lie still or die. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cores } from '../../../proofs/induction/cores.js'
import { cuts } from '../../../proofs/induction/cuts.js'
import { invariant } from '../../../proofs/induction/invariant.js'
import { hypothesesOf, obligationsOf } from '../../../proofs/induction/obligations.js'
import { recordedCores } from '../../../proofs/induction/recorded-cores.js'
import { properties } from '../../../spec/properties.js'
import type { Statement, System } from '../../../spec/logic/system.js'
import { zab } from '../../../spec/zab.js'
import { crossCheck, renderOpinion } from '../../../src/cli/prove/cross-check.js'
import { discharge, dischargeAll } from '../../../src/cli/prove/discharge.js'
import type { Answer, Engine } from '../../../src/cli/prove/engine.js'
import { startNpmEngine } from '../../../src/cli/prove/npm-engine.js'

const obligations = obligationsOf(zab, invariant, properties, cuts)
const attempts = { seed: 0, timeoutMs: 20_000, seeds: 1 }

const fake = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

describe('with Z3', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await startNpmEngine(1)
  })
  afterAll(() => engine.close())

  it('everything is discharged, from the recorded hypotheses', async () => {
    const results = await dischargeAll(engine, zab, obligations, recordedCores, attempts, () => undefined)
    expect(results.flatMap(({ verdict, obligation }) => (verdict === 'discharged' ? [] : [obligation.name]))).toEqual(
      [],
    )
    expect(results.flatMap(({ isByRecord, obligation }) => (isByRecord ? [] : [obligation.name]))).toEqual([])
  }, 180_000)

  /** One obligation of a faulty system or invariant, with its record as far as that still fits. */
  const verdictOf = async (name: string, system: System, statements: readonly Statement[], cores: Cores) => {
    const obligation = obligationsOf(system, statements, properties, cuts).find((one) => one.name === name)
    if (obligation === undefined) throw new Error(`no obligation ${name}`)
    return (await discharge(engine, system, obligation, cores, { ...attempts, timeoutMs: 1_000 })).verdict
  }

  it.each([
    ['commit', 'a quorum has acknowledged', 'commit / commit quorum'],
    ['adopt', 'the log is of this epoch', 'adopt / adopted up to lineage'],
    ['deliver', 'it is committed', 'deliver / delivered is committed'],
  ])('%s without its guard "%s" is not proved', async (name, guard, obligation) => {
    const actions = zab.actions.map((action) =>
      action.name === name ? { ...action, guards: action.guards.filter((one) => one.name !== guard) } : action,
    )
    expect(await verdictOf(obligation, zab, invariant, recordedCores)).toBe('discharged')
    expect(await verdictOf(obligation, { ...zab, actions }, invariant, recordedCores)).not.toBe('discharged')
  })

  it('without a conjunct that is needed the properties do not follow', async () => {
    const fewer = invariant.filter(({ name }) => name !== 'delivered is committed')
    expect(await verdictOf('properties / integrity', zab, fewer, recordedCores)).not.toBe('discharged')
  })

  it('malformed text is no proof', async () => {
    const answer = await engine.check({ text: '(assert (', assumptions: [], seed: 0, timeoutMs: 1_000 })
    expect(answer.verdict).toBe('unknown')
  })
})

describe('without a proof there is no success', () => {
  const obligation = obligations.find(({ premises }) => premises.length > 0) ?? raise('nothing has premises')
  const few: Cores = {
    [obligation.name]: hypothesesOf(obligation)
      .slice(0, 1)
      .map(({ name }) => name),
  }

  const saying = (...verdicts: readonly Answer['verdict'][]): Engine => {
    const left = [...verdicts]
    return {
      name: 'fake',
      check: async () => ({ verdict: left.shift() ?? 'unknown', reason: 'timeout', core: [], model: 'here', ms: 1 }),
      close: () => undefined,
    }
  }
  const ask = (...verdicts: readonly Answer['verdict'][]) =>
    discharge(saying(...verdicts), zab, obligation, few, attempts)

  it('a solver that gives up', async () => {
    expect(await ask('unknown', 'unknown')).toMatchObject({ verdict: 'unknown', remark: 'timeout', attempts: 2 })
  })

  it('a structure that satisfies a part of the hypotheses refutes nothing, one that satisfies all does', async () => {
    expect(await ask('sat', 'unsat')).toMatchObject({ verdict: 'discharged', isByRecord: false })
    expect(await ask('sat', 'unknown')).toMatchObject({ verdict: 'unknown' })
    expect(await ask('sat', 'sat')).toMatchObject({ verdict: 'refuted', remark: 'here' })
  })

  it('a solver process that dies', async () => {
    const engine = await startNpmEngine(1, fake('fake-solver.mjs'))
    const result = await discharge(engine, zab, obligation, {}, attempts)
    engine.close()
    expect(result).toMatchObject({ verdict: 'unknown', remark: 'the solver process died' })
  })

  it('a solver process that never starts', async () => {
    await expect(startNpmEngine(1, fake('dead-solver.mjs'))).rejects.toThrow('died before it was ready')
  })
})

function raise(text: string): never {
  throw new Error(text)
}

describe('a second opinion', () => {
  /** Answers in turn. */
  const saying = (...verdicts: readonly Answer['verdict'][]): Engine => {
    let asked = 0
    return {
      name: 'planted',
      check: () => Promise.resolve({ verdict: verdicts[asked++] ?? 'unknown', reason: '', core: [], model: '', ms: 0 }),
      close: () => undefined,
    }
  }

  it('counts what it confirms, has no opinion where it gives up, and names what it contradicts', async () => {
    const three = obligations.slice(0, 3)
    const limits = { seed: 0, timeoutMs: 1 }
    const opinion = await crossCheck(
      saying('unsat', 'unknown', 'sat'),
      zab,
      three,
      recordedCores,
      limits,
      () => undefined,
    )
    expect(opinion).toEqual({
      engine: 'planted',
      confirmed: 1,
      open: 1,
      contradicted: three.slice(2).map(({ name }) => name),
    })
    expect(renderOpinion(opinion)).toContain('CONTRADICTED: ')
  })
})

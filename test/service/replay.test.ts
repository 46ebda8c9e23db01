/**
 * What was foretold is what is applied, and replay over a fuzzy image ends in the same state (SM-1 … SM-4). The image is
 * taken as Apache takes it: node by node, parents first, while transactions are applied.
 */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPEN } from '../../src/service/acl.js'
import { apply } from '../../src/service/apply.js'
import { digestOf, empty, withLastProcessed } from '../../src/service/database.js'
import * as H from '../../src/service/hamt.js'
import { find } from '../../src/service/tree.js'
import { commands, rebuilt, run, view } from './histories.js'
import type { Entry } from '../../src/core/message.js'
import type { Database } from '../../src/service/database.js'
import type { SnapshotItem } from '../../src/service/snapshot.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Moment } from './histories.js'

type Apply = (database: Database, entry: Entry<Transaction>) => Database

const faithful: Apply = (database, entry) => apply(database, entry).database

const replay = (start: Database, moments: readonly Moment[], applyEntry: Apply = faithful): Database =>
  moments.reduce((database, { entry }) => applyEntry(database, entry), start)

/** The state after `count` of the moments. */
const stateAfter = (moments: readonly Moment[], count: number): Database => moments[count - 1]?.after ?? empty

/**
 * An image begun after `label` transactions. Before each look `pace` says how many more are applied. A node's content
 * is read first and the names of its children after that, which is harder than what Apache does today: then a node may be
 * there without the trace that it left in its parent. A child that is gone at its turn is left out.
 */
const fuzzyImage = (moments: readonly Moment[], label: number, pace: readonly number[]): Database => {
  let done = label
  let visits = 0
  const now = (): Database => {
    const more = pace[visits++ % Math.max(1, pace.length)] ?? 0
    done = Math.min(moments.length, done + more)
    return stateAfter(moments, done)
  }
  const items: SnapshotItem[] = [...H.entries(now().sessions)].map(([id, timeoutMs]) => ({
    kind: 'session',
    id,
    timeoutMs,
  }))
  const visit = (path: string): void => {
    const node = find(now().tree, path)
    if (node === undefined) return
    items.push({ kind: 'node', path, data: node.data, acl: node.acl, stat: node.stat })
    const later = find(now().tree, path)
    for (const name of later === undefined ? [] : H.keys(later.children)) visit(`${path}/${name}`)
  }
  visit('')
  const built = rebuilt(items, stateAfter(moments, label).lastProcessed)
  if (E.isLeft(built)) throw new Error(built.left)
  return built.right
}

const story = fc.record({
  history: commands(40),
  label: fc.nat(30),
  pace: fc.array(fc.nat(3), { maxLength: 12 }),
})

const recovers = (
  applyEntry: Apply,
  offset = 0,
): fc.IProperty<[typeof story extends fc.Arbitrary<infer S> ? S : never]> =>
  fc.property(story, ({ history, label, pace }) => {
    const moments = run(history)
    const from = Math.min(label, moments.length)
    const image = fuzzyImage(moments, from, pace)
    expect(view(replay(image, moments.slice(from + offset), applyEntry))).toEqual(
      view(stateAfter(moments, moments.length)),
    )
  })

describe('prepare and apply', () => {
  it('agree on database, digest, result, changes and session', () => {
    fc.assert(
      fc.property(commands(40), (history) => {
        let database = empty
        for (const { entry, prepared, after } of run(history)) {
          const applied = apply(database, entry)
          expect(view(applied.database)).toEqual(view(after))
          if (prepared !== undefined) {
            expect(applied.result).toEqual(prepared.applied.result)
            expect(applied.changes).toEqual(prepared.applied.changes)
            expect(applied.sessionEvent).toEqual(prepared.applied.sessionEvent)
            if (prepared.digest !== undefined) expect(digestOf(applied.database)).toBe(prepared.digest)
          }
          database = applied.database
        }
      }),
      { numRuns: 60 },
    )
  })

  it('keep figures that equal a count from scratch', () => {
    fc.assert(
      fc.property(commands(40), (history) => {
        const moments = run(history)
        const last = stateAfter(moments, moments.length)
        expect(view(fuzzyImage(moments, moments.length, []))).toEqual(view(last))
      }),
      { numRuns: 60 },
    )
  })
})

describe('replay', () => {
  it('of a run of transactions that are in the state already changes nothing (SM-1)', () => {
    fc.assert(
      fc.property(commands(30), fc.nat(30), (history, label) => {
        const moments = run(history)
        const from = Math.min(label, moments.length)
        const last = stateAfter(moments, moments.length)
        const labelled = withLastProcessed(last, stateAfter(moments, from).lastProcessed)
        expect(view(replay(labelled, moments.slice(from)))).toEqual(view(last))
      }),
      { numRuns: 80 },
    )
  })

  it('over a fuzzy image ends exactly where the history ends (SM-2, SM-4)', () => {
    fc.assert(recovers(faithful), { numRuns: 200 })
  })

  it('planted fault: a transaction skipped is noticed', () => {
    expect(fc.check(recovers(faithful, 1), { numRuns: 200, seed: 1, endOnFailure: true }).failed).toBe(true)
  })

  it('planted fault: an existing node that leaves its parent’s counter alone is noticed', () => {
    const lazy: Apply = (database, entry) => {
      const { record } = entry.transaction
      const isThere =
        (record.type === 'create' || record.type === 'create2') && find(database.tree, record.path) !== undefined
      return isThere ? withLastProcessed(database, entry.zxid) : faithful(database, entry)
    }
    expect(fc.check(recovers(lazy), { numRuns: 1000, seed: 1, endOnFailure: true }).failed).toBe(true)
  })

  it('planted fault: a deletion that forgets the parent of a missing node is noticed', () => {
    const lazy: Apply = (database, entry) => {
      const { record } = entry.transaction
      const isMissing = record.type === 'delete' && find(database.tree, record.path) === undefined
      return isMissing ? withLastProcessed(database, entry.zxid) : faithful(database, entry)
    }
    const create = { data: null, acl: OPEN, flags: 0 }
    const moments = run([
      { session: 1n, request: { op: 'create', path: '/a', ...create } },
      { session: 1n, request: { op: 'create', path: '/a/b', ...create } },
      { session: 1n, request: { op: 'delete', path: '/a/b', version: -1 } },
    ])
    const pace = fc.array(fc.nat(1), { minLength: 12, maxLength: 12 })
    const recoversThis = (applyEntry: Apply): fc.IProperty<[number[]]> =>
      fc.property(pace, (paces) => {
        const ended = replay(fuzzyImage(moments, 2, paces), moments.slice(2), applyEntry)
        expect(view(ended)).toEqual(view(stateAfter(moments, 3)))
      })
    expect(fc.check(recoversThis(faithful), { seed: 1, endOnFailure: true }).failed).toBe(false)
    expect(fc.check(recoversThis(lazy), { seed: 1, endOnFailure: true }).failed).toBe(true)
  })
})

/** The persistent map does what a Map does, keeps every old version, and survives keys whose hashes collide. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COLLISION } from '../../src/service/collision.js'
import * as H from '../../src/service/hamt.js'
import { collidingNames } from '../support/colliding-names.js'

type Change<K> =
  | { readonly kind: 'set'; readonly key: K; readonly value: number }
  | { readonly kind: 'remove'; readonly key: K }

const changesOf = <K>(key: fc.Arbitrary<K>): fc.Arbitrary<readonly Change<K>[]> =>
  fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('set' as const), key, value: fc.nat(9) }),
      fc.record({ kind: fc.constant('remove' as const), key }),
    ),
    { maxLength: 120 },
  )

// A number is hashed by its low 32 bits and a bigint by the exclusive or of its halves: these collide in pairs and more.
const collidingNumbers = fc.tuple(fc.nat(12), fc.nat(3)).map(([low, high]) => low + high * 2 ** 32)
const collidingBigints = fc.tuple(fc.bigInt(0n, 5n), fc.bigInt(0n, 5n)).map(([low, high]) => low | (high << 32n))
const names = fc.oneof(fc.constantFrom('', 'a', 'b', 'node-1', 'node-2', 'é'), fc.string({ maxLength: 3 }))

/** Two dozen of one hash, and some of others. */
const collisions = collidingNames(20_000)
const collidingOrNot = fc.oneof(fc.constantFrom(...collisions.slice(0, 24)), names)

const sorted = <K extends H.Key>(pairs: Iterable<readonly [K, number]>): unknown =>
  [...pairs].map(([key, value]) => `${typeof key} ${String(key)}=${value}`).sort()

const agrees = <K extends H.Key>(changes: readonly Change<K>[]): void => {
  const expected = new Map<K, number>()
  const versions: { readonly map: H.Hamt<K, number>; readonly content: unknown }[] = []
  let map = H.empty<K, number>()
  for (const change of changes) {
    const before = expected.size
    map = change.kind === 'set' ? H.set(map, change.key, change.value) : H.remove(map, change.key)
    if (change.kind === 'set') expected.set(change.key, change.value)
    else expected.delete(change.key)
    expect(H.get(map, change.key)).toBe(expected.get(change.key))
    expect(map.size).toBe(expected.size)
    expect(Math.abs(map.size - before)).toBeLessThanOrEqual(1)
    versions.push({ map, content: sorted(expected) })
  }
  for (const { map: version, content } of versions) expect(sorted(H.entries(version))).toEqual(content)
  for (const [key, value] of expected) expect(H.get(map, key)).toBe(value)
  expect([...H.keys(map)].length).toBe(expected.size)
}

describe('hamt', () => {
  it('agrees with Map on strings, and old versions stay as they were', () => {
    fc.assert(fc.property(changesOf(names), agrees), { numRuns: 60 })
  })

  it('agrees with Map on numbers that collide', () => {
    fc.assert(fc.property(changesOf(collidingNumbers), agrees), { numRuns: 60 })
  })

  it('agrees with Map on bigints that collide', () => {
    fc.assert(fc.property(changesOf(collidingBigints), agrees), { numRuns: 60 })
  })

  it('agrees with Map on names that collide', () => {
    fc.assert(fc.property(changesOf(collidingOrNot), agrees), { numRuns: 60 })
  })

  it('visits the same entries in each of its ways', () => {
    fc.assert(
      fc.property(changesOf(collidingOrNot), (changes) => {
        const map = changes.reduce(
          (before, change) =>
            change.kind === 'set' ? H.set(before, change.key, change.value) : H.remove(before, change.key),
          H.empty<string, number>(),
        )
        const visited: (readonly [string, number])[] = []
        H.forEach(map, (key, value) => visited.push([key, value]))
        const walked: (readonly [string, number])[] = []
        const next = H.cursor(map)
        for (let pair = next(); pair !== undefined; pair = next()) walked.push([pair.key, pair.value])
        expect(sorted(visited)).toEqual(sorted(H.entries(map)))
        expect(sorted(walked)).toEqual(sorted(visited))
        expect(H.keys(map)).toEqual(visited.map(([key]) => key))
      }),
      { numRuns: 60 },
    )
  })

  // A list of collisions took half a minute for fewer.
  it('takes, finds and gives up 20,000 names of one hash', () => {
    const map = H.fromEntries(collisions.map((name, index) => [name, index]))
    expect(map.size).toBe(20_000)
    // One slot holds them all: otherwise these names show nothing.
    expect(map.root?.tag).toBe(COLLISION)
    expect(collisions.every((name, index) => H.get(map, name) === index)).toBe(true)
    expect(H.get(map, 'another')).toBeUndefined()
    expect(collisions.reduce((rest, name) => H.remove(rest, name), map)).toBe(H.empty())
  })

  it('builds in place what single updates build, without touching a map that was there before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.nat(9))), fc.array(fc.tuple(names, fc.nat(9))), (first, second) => {
        const base = H.fromEntries(first)
        const content = sorted(H.entries(base))
        const owner: H.Owner = { builder: 'test' }
        const built = second.reduce((map, [key, value]) => H.set(map, key, value, owner), base)
        expect(sorted(H.entries(built))).toEqual(sorted(new Map([...first, ...second])))
        expect(sorted(H.entries(base))).toEqual(content)
      }),
      { numRuns: 60 },
    )
  })

  it('holds thousands of entries and gives all of them back', () => {
    const pairs = Array.from({ length: 5000 }, (_, index) => [`node-${index}`, index] as const)
    const map = H.fromEntries(pairs)
    expect(map.size).toBe(5000)
    expect(pairs.every(([key, value]) => H.get(map, key) === value)).toBe(true)
    const half = pairs.filter(([, value]) => value % 2 === 0).reduce((rest, [key]) => H.remove(rest, key), map)
    expect(half.size).toBe(2500)
    expect(sorted(H.entries(half))).toEqual(sorted(pairs.filter(([, value]) => value % 2 === 1)))
    expect(pairs.reduce((rest, [key]) => H.remove(rest, key), half)).toBe(H.empty())
  })

  it('returns the map itself when nothing changes', () => {
    const map = H.fromEntries([
      ['a', 1],
      ['b', 2],
    ] as const)
    expect(H.set(map, 'a', 1)).toBe(map)
    expect(H.remove(map, 'c')).toBe(map)
  })
})

/** Keys of one hash stand in a balanced tree: whatever is done, it does what a Map does, in order, and never grows deep. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as C from '../../src/service/collision.js'
import type { Collision, Key, Leaf } from '../../src/service/collision.js'

type Tree = Collision<Key, number> | undefined

const leaf = (key: Key, value: number): Leaf<Key, number> => ({ tag: C.LEAF, hash: 7, key, value })

const depthOf = (tree: Tree): number => (tree === undefined ? 0 : 1 + Math.max(depthOf(tree.left), depthOf(tree.right)))

const leavesOf = (tree: Tree): readonly Leaf<Key, number>[] => {
  const leaves: Leaf<Key, number>[] = []
  C.forEach(tree, (each) => leaves.push(each))
  return leaves
}

/** A path no longer than so many logarithms: what weights in the proportion of 1 to 3 allow. */
const deepest = (size: number): number => 2.5 * Math.log2(size + 1) + 1

const isSound = (tree: Tree): boolean =>
  tree === undefined ||
  (tree.size === leavesOf(tree).length &&
    isSound(tree.left) &&
    isSound(tree.right) &&
    depthOf(tree) <= deepest(tree.size))

const key = fc.oneof(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 30 }), fc.bigInt(0n, 9n))

describe('collisions', () => {
  it('agree with Map, stay in order and in balance, and every old version stays', () => {
    const change = fc.tuple(fc.boolean(), key, fc.nat(9))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const expected = new Map<Key, number>()
        const versions: (readonly [Tree, string])[] = []
        let tree: Tree
        for (const [isSet, at, value] of changes) {
          if (isSet) expected.set(at, value)
          else expected.delete(at)
          tree = isSet ? C.insert(tree, leaf(at, value)) : C.remove(tree, at)
          expect(isSound(tree)).toBe(true)
          expect(tree === undefined ? undefined : C.find(tree, at)?.value).toBe(expected.get(at))
          versions.push([tree, show(expected)])
        }
        for (const [version, content] of versions)
          expect(show(new Map(leavesOf(version).map((each) => [each.key, each.value])))).toBe(content)
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    ['ascending', (index: number) => index],
    ['descending', (index: number) => -index],
    ['from both ends', (index: number) => (index % 2 === 0 ? index : -index)],
  ])('stay shallow with 20,000 keys, %s, and while they go again', (_, keyOf) => {
    const keys = Array.from({ length: 20_000 }, (__, index) => keyOf(index))
    let tree: Tree
    for (const each of keys) tree = C.insert(tree, leaf(each, each))
    expect(depthOf(tree)).toBeLessThanOrEqual(deepest(20_000))
    expect(leavesOf(tree).map((each) => each.key)).toEqual(keys.toSorted((first, second) => first - second))
    for (const each of keys.slice(0, 19_000)) tree = C.remove(tree, each)
    expect(tree?.size).toBe(1000)
    expect(depthOf(tree)).toBeLessThanOrEqual(deepest(1000))
  })

  it('would be seen to be a list', () => {
    const list = Array.from({ length: 100 }, (_, index) => 99 - index).reduce<Tree>(
      (right, at) => ({ tag: C.COLLISION, leaf: leaf(at, at), left: undefined, right, size: (right?.size ?? 0) + 1 }),
      undefined,
    )
    expect(leavesOf(list).length).toBe(100)
    expect(isSound(list)).toBe(false)
  })

  it('are themselves when nothing changes', () => {
    const tree = C.pair(leaf('a', 1), leaf('b', 2))
    expect(C.insert(tree, leaf('a', 1))).toBe(tree)
    expect(C.remove(tree, 'c')).toBe(tree)
  })
})

const show = (map: ReadonlyMap<Key, number>): string =>
  [...map]
    .map(([at, value]) => `${typeof at} ${String(at)}=${value}`)
    .sort()
    .join(' ')

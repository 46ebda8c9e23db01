/** Which candidates may stand here? Found by what they touch, without a look at those whose time has gone or will come. */
import * as Z from '../../src/core/zxid.js'
import type { Candidate } from './candidates.js'
import { append } from './lists.js'

export interface Open {
  /** Of those that touch one of the names: what may stand after `position` and not after `answer`, the oldest first. */
  readonly near: (names: readonly string[], position: Z.Zxid, answer: Z.Zxid) => Iterable<number>
  readonly all: (position: Z.Zxid, answer: Z.Zxid) => Iterable<number>
  /** It has been placed. */
  readonly remove: (index: number) => void
  readonly restore: (index: number) => void
}

/** @param candidates in the order in which their windows open */
export const makeOpen = (candidates: readonly Candidate[]): Open => {
  const byName = new Map<string, number[]>()
  for (const [index, candidate] of candidates.entries())
    for (const name of new Set(candidate.touched)) append(byName, name, index)
  const everything = makeLine(candidates, [...candidates.keys()])
  const lines = new Map([...byName].map(([name, indices]) => [name, makeLine(candidates, indices)]))
  const linesOf = (index: number): readonly Line[] => [
    everything,
    ...[...new Set(candidates[index]?.touched)].flatMap((name) => lines.get(name) ?? []),
  ]
  return {
    near: function* (names, position, answer) {
      const seen = new Set<number>()
      for (const name of names)
        for (const index of lines.get(name)?.between(position, answer) ?? []) {
          if (!seen.has(index)) yield index
          seen.add(index)
        }
    },
    all: (position, answer) => everything.between(position, answer),
    remove: (index) => {
      for (const line of linesOf(index)) line.setShut(index, true)
    },
    restore: (index) => {
      for (const line of linesOf(index)) line.setShut(index, false)
    },
  }
}

interface Line {
  readonly between: (position: Z.Zxid, answer: Z.Zxid) => Iterable<number>
  readonly setShut: (index: number, isShut: boolean) => void
}

/** Nearly a zxid: large epochs are rounded, which does no harm where the exact comparison follows. */
const roughly = ({ epoch, counter }: Z.Zxid): number => epoch * 2 ** 32 + counter

/** A tree over windows in the order in which they open; each node knows when the last below it shuts. */
const makeLine = (candidates: readonly Candidate[], indices: readonly number[]): Line => {
  const width = 2 ** Math.ceil(Math.log2(Math.max(1, indices.length)))
  const shuts = new Float64Array(2 * width).fill(-1)
  const shutOf = (index: number): number => {
    const before = candidates[index]?.before
    return before === undefined ? Infinity : roughly(before)
  }
  const set = (at: number, value: number): void => {
    shuts[at] = value
    for (let above = at >> 1; above >= 1; above >>= 1)
      shuts[above] = Math.max(shuts[2 * above] ?? -1, shuts[2 * above + 1] ?? -1)
  }
  const places = new Map(indices.map((index, at) => [index, width + at]))
  for (const [index, at] of places) set(at, shutOf(index))
  const opens = (at: number): number => roughly(candidates[indices[at - width] ?? -1]?.after ?? Z.UNTRUSTED)

  const between = function* (position: Z.Zxid, answer: Z.Zxid): Iterable<number> {
    const [from, to] = [roughly(position), roughly(answer)]
    // Nodes to look at, the oldest on top.
    for (const nodes = [1]; nodes.length > 0; ) {
      const at = nodes.pop() ?? 1
      if ((shuts[at] ?? -1) < from) continue
      if (at < width) nodes.push(2 * at + 1, 2 * at)
      else if (opens(at) > to) return
      else yield indices[at - width] ?? -1
    }
  }
  return {
    between,
    setShut: (index, isShut) => {
      const at = places.get(index)
      if (at !== undefined) set(at, isShut ? -1 : shutOf(index))
    },
  }
}

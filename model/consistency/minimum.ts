/** The least of many numbers that change one at a time. */
export interface Minimum {
  readonly least: () => number
  readonly set: (index: number, value: number) => void
}

/** A tournament: each change is log n. */
export const makeMinimum = (values: readonly number[]): Minimum => {
  const width = 2 ** Math.ceil(Math.log2(Math.max(1, values.length)))
  const tree = new Float64Array(2 * width).fill(Infinity)
  const winner = (at: number): number => Math.min(tree[2 * at] ?? Infinity, tree[2 * at + 1] ?? Infinity)
  tree.set(values, width)
  for (let at = width - 1; at >= 1; at -= 1) tree[at] = winner(at)
  return {
    least: () => tree[1] ?? Infinity,
    set: (index, value) => {
      let at = width + index
      tree[at] = value
      for (at >>= 1; at >= 1; at >>= 1) tree[at] = winner(at)
    },
  }
}

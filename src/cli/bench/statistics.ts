/** Order statistics of samples. Pure. */

/** The least sample that is not less than `fraction` of all (nearest rank): always a sample that was seen. */
export const percentile = (samples: readonly number[], fraction: number): number | undefined => {
  const sorted = samples.toSorted((first, second) => first - second)
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)]
}

/** The middle sample; between the two middle ones when their number is even. Undefined without samples. */
export const median = (samples: readonly number[]): number | undefined => {
  const sorted = samples.toSorted((first, second) => first - second)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2
}

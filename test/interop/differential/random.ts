/** Choices from a seed: mulberry32. */
export class Random {
  constructor(private state: number) {}

  /** 0 … bound − 1. */
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }

  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  one<A>(values: readonly [A, ...A[]]): A {
    return values[this.below(values.length)] ?? values[0]
  }

  /** One of the alternatives, each as often as its weight says. */
  weighted<A>(alternatives: readonly (readonly [weight: number, make: () => A])[]): A {
    let left = this.below(alternatives.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, make] of alternatives) {
      left -= weight
      if (left < 0) return make()
    }
    throw new Error('no alternatives')
  }
}

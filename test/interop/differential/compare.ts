/** Two servers, one program: the first step after which they do not say the same, cut down to the steps that matter. */
import { knownDifferences } from './known.js'
import type { Heard, Side } from './side.js'
import { showStep, under } from './step.js'
import type { Step } from './step.js'

export interface Pair {
  readonly ours: Side
  readonly theirs: Side
}

export interface Difference {
  readonly steps: readonly Step[]
  readonly ours: readonly Heard[]
  readonly theirs: readonly Heard[]
}

/** Programs tried while a difference is cut down. */
const ATTEMPTS = 200

let roots = 0

/** Runs the program; undefined when both servers said the same all along. */
export const compare = async ({ ours, theirs }: Pair, program: readonly Step[]): Promise<Difference | undefined> => {
  roots += 1
  const root = `/r${String(roots).padStart(4, '0')}`
  await Promise.all([ours.begin(root), theirs.begin(root)])
  for (const [index, each] of program.entries()) {
    const step = under(root, each)
    const [one, other] = await Promise.all([ours.perform(step), theirs.perform(step)])
    if (isSame(one, other)) continue
    const known = knownDifferences.find(({ applies }) => applies(step, one, other))
    if (known === undefined) return { steps: program.slice(0, index + 1), ours: one, theirs: other }
    theirs.skip(known.zxids)
  }
  return undefined
}

const isSame = (one: readonly Heard[], other: readonly Heard[]): boolean =>
  one.length === other.length && one.every(({ text }, index) => text === other[index]?.text)

/** Leaves out steps, in ever smaller pieces, then parts of steps, as long as some difference stays. */
export const shrink = async (pair: Pair, found: Difference): Promise<Difference> => {
  let least = found
  let attempts = 0
  const differs = async (steps: readonly Step[]): Promise<boolean> => {
    attempts += 1
    const again = attempts > ATTEMPTS ? undefined : await compare(pair, steps)
    if (again !== undefined) least = again
    return again !== undefined
  }
  for (let size = Math.ceil(least.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < least.steps.length && attempts < ATTEMPTS; ) {
      const rest = least.steps.filter((_, index) => index < start || index >= start + size)
      if (!(await differs(rest))) start += size
    }
  }
  for (let index = 0; index < least.steps.length; index += 1) {
    for (let part = 0; attempts < ATTEMPTS; ) {
      const step = least.steps[index]
      const smaller = step === undefined ? undefined : withoutPart(step, part)
      if (smaller === undefined) break
      if (!(await differs(least.steps.with(index, smaller)))) part += 1
    }
  }
  return least
}

/** The step without its n-th request; of a multi alone, without its n-th operation. */
const withoutPart = (step: Step, part: number): Step | undefined => {
  if (step.kind !== 'requests') return undefined
  const [first] = step.requests
  if (step.requests.length === 1 && first?.op === 'multi') {
    if (part >= first.operations.length) return undefined
    return { ...step, requests: [{ ...first, operations: first.operations.toSpliced(part, 1) }] }
  }
  return part >= step.requests.length || step.requests.length === 1
    ? undefined
    : { ...step, requests: step.requests.toSpliced(part, 1) }
}

export const showDifference = ({ steps, ours, theirs }: Difference): string =>
  [
    ...steps.map((step, index) => `${index + 1}. ${showStep(step)}`),
    'ours said:',
    ...ours.map(showHeard),
    'Apache said:',
    ...theirs.map(showHeard),
  ].join('\n')

const showHeard = ({ text, hex }: Heard): string => `  ${text}${hex === '' ? '' : `\n    ${hex}`}`

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
const ATTEMPTS = 150

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

/** Leaves out steps, in ever smaller pieces, as long as some difference stays. */
export const shrink = async (pair: Pair, found: Difference): Promise<Difference> => {
  let least = found
  let attempts = 0
  for (let size = Math.ceil(least.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < least.steps.length && attempts < ATTEMPTS; ) {
      attempts += 1
      const rest = least.steps.filter((_, index) => index < start || index >= start + size)
      const again = await compare(pair, rest)
      if (again === undefined) start += size
      else least = again
    }
  }
  return least
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

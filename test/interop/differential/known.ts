/** Where ours is not as Apache 3.8.0, and why. Whatever is not in this table is an error. */
import type { Heard } from './side.js'
import type { Step } from './step.js'

export interface KnownDifference {
  readonly name: string
  readonly reason: string
  readonly applies: (step: Step, ours: readonly Heard[], theirs: readonly Heard[]) => boolean
  /** Apache has used this many zxids more; they are not counted from then on. */
  readonly zxids: number
}

const WRITES: readonly number[] = [1, 2, 5, 14, 15]

/** The same but for the zxids in the reply headers. */
const isSameButZxids = (ours: readonly Heard[], theirs: readonly Heard[]): boolean => {
  const withoutZxid = ({ text }: Heard): string => text.replace(/ zxid=\S+/, '')
  return ours.length === theirs.length && ours.every((each, index) => withoutZxid(each) === withoutZxid(theirs[index] ?? each))
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    name: 'a write that cannot be decoded uses no zxid',
    reason:
      'It is answered by the server that reads it. Apache orders an error transaction; where its 3.9 leads, that takes ' +
      'the zxid of the transaction before it a second time, so a follower had better not ask for one.',
    applies: (step, ours, theirs) =>
      step.kind === 'frame' &&
      WRITES.includes(step.opcode) &&
      ours.some(({ text }) => text.endsWith('err=-5')) &&
      isSameButZxids(ours, theirs),
    zxids: 1,
  },
]

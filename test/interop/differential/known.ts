/** Where ours is not as Apache 3.8.0 (Debian's, which has the fix of CVE-2024-23944), and why. All else is an error. */
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
  return (
    ours.length === theirs.length &&
    ours.every((each, index) => withoutZxid(each) === withoutZxid(theirs[index] ?? each))
  )
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
  {
    name: 'a null identity in an access list is an invalid list',
    reason:
      'Apache means that too, and says it of a null scheme; of a null identity it fails: −5, and the transaction is the same.',
    applies: (step, ours, theirs) =>
      step.kind === 'frame' &&
      (step.opcode === 1 || step.opcode === 15) &&
      ours.length === theirs.length &&
      ours.every(({ text }, index) => text.replace(/err=-114$/, 'err=-5') === theirs[index]?.text),
    zxids: 0,
  },
  {
    name: 'what is echoed is UTF-8',
    reason: 'Java writes a character beyond the basic plane as two surrogates of three bytes: no reader takes them.',
    applies: (_, ours, theirs) => {
      const asJava = ({ text }: Heard): string => text.replaceAll('\u{1f600}', '\ufffd'.repeat(6))
      return ours.length === theirs.length && ours.every((each, index) => asJava(each) === theirs[index]?.text)
    },
    zxids: 0,
  },
]

/** Not in the programs, since after them the two servers rightly hold different trees or keep different connections. */
export const leftOut = [
  'A null path in a multi: both say −5, but 3.8 takes a zxid for no transaction, and says after the error that nothing follows.',
  'A null path with a mode that does not exist: 3.8 looks at the mode first.',
  'A container (mode 4): ours has none.',
  'Opcodes that ours does not serve, and digest authentication: UNIMPLEMENTED, AUTHFAILED, and the connection ends.',
  'A check outside a multi: 3.8.0 writes a transaction that it cannot read again; later releases and ours refuse it.',
  'A sync between pipelined writes: the zxid of its reply may be that of a write behind it, in either server.',
  'Pings between pipelined requests: ours answers them at once.',
  'The end of a session that nobody closes: it depends on clocks.',
] as const

/** Depth-first search with a way back, a memory of dead ends, and bounds. Knows nothing of histories. */

/** A position that is changed and restored in place. */
export interface Puzzle<Move> {
  readonly isSolved: () => boolean
  /** What is done when nothing speaks against it. */
  readonly best: () => Move | undefined
  /** What else might be done; asked for one by one, and only when the best has failed, if there was one. */
  readonly others: (best: Move | undefined) => Iterable<Move>
  /** Does it; false: impossible, and the position is as before. */
  readonly make: (move: Move) => boolean
  /** Takes back the latest move. */
  readonly takeBack: () => void
  /** How far this position is; equal positions are equally far. */
  readonly progress: () => number
  /** Equal for positions with the same future. */
  readonly key: () => string
}

export interface Explored {
  /** `solved`: the puzzle is left in that position. `bound`: the bound was reached before anything was known. */
  readonly outcome: 'solved' | 'impossible' | 'bound'
  /** Moves tried: the work, whatever the machine. */
  readonly tried: number
}

/** So much is spent on keys of dead ends, in characters; afterwards they are forgotten, and the search is only slower. */
const MEMORY = 1 << 24

interface Frame<Move> {
  readonly best: Move | undefined
  others: Iterator<Move> | undefined
  tried: number
}

/** Where the best move always serves, each position costs one move: a history without doubt takes linear time. */
export const explore = <Move>(puzzle: Puzzle<Move>, maximumMoves: number): Explored => {
  const dead = makeDeadEnds(puzzle)
  const stack: Frame<Move>[] = []
  let tried = 0

  const enter = (): void => {
    const isDead = dead.isHere()
    stack.push({ best: isDead ? undefined : puzzle.best(), others: isDead ? NONE : undefined, tried: 0 })
  }
  const nextMove = (frame: Frame<Move>): Move | undefined => {
    frame.tried += 1
    if (frame.tried === 1 && frame.best !== undefined) return frame.best
    frame.others ??= puzzle.others(frame.best)[Symbol.iterator]()
    const other = frame.others.next()
    return other.done === true ? undefined : other.value
  }
  const giveUp = (frame: Frame<Move>): void => {
    if (frame.tried > 2) dead.add()
    stack.pop()
    if (stack.length > 0) puzzle.takeBack()
  }

  if (puzzle.isSolved()) return { outcome: 'solved', tried }
  enter()
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const move = nextMove(frame)
    if (move === undefined) giveUp(frame)
    else if (tried >= maximumMoves) return { outcome: 'bound', tried }
    else {
      tried += 1
      if (!puzzle.make(move)) continue
      if (puzzle.isSolved()) return { outcome: 'solved', tried }
      enter()
    }
  }
  return { outcome: 'impossible', tried }
}

const NONE: Iterator<never> = [][Symbol.iterator]()

const makeDeadEnds = ({ progress, key }: Pick<Puzzle<unknown>, 'progress' | 'key'>) => {
  const keys = new Set<string>()
  let deepest = -1
  let left = MEMORY
  const spend = (): string => {
    const spent = key()
    left -= spent.length
    return spent
  }
  return {
    isHere: (): boolean => progress() <= deepest && left > 0 && keys.has(spend()),
    add: (): void => {
      if (left <= 0) return
      keys.add(spend())
      deepest = Math.max(deepest, progress())
    },
  }
}

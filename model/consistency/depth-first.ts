/** Depth-first search with a way back, a memory of dead ends, and a bound. Knows nothing of histories. */

/** A position that is changed and restored in place. */
export interface Puzzle<Move> {
  readonly isSolved: () => boolean
  /** What is done when nothing speaks against it. */
  readonly best: () => Move | undefined
  /** What else might be done; asked for only when the best has failed. */
  readonly others: () => readonly Move[]
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

interface Frame<Move> {
  readonly moves: Move[]
  next: number
  areAllKnown: boolean
}

/** Where the best move always serves, each position costs one move: a history without doubt takes linear time. */
export const explore = <Move>(puzzle: Puzzle<Move>, maximumMoves: number): Explored => {
  const dead = new Set<string>()
  let deepestDead = -1
  const stack: Frame<Move>[] = []
  let tried = 0

  const enter = (): void => {
    const isDead = puzzle.progress() <= deepestDead && dead.has(puzzle.key())
    const best = isDead ? undefined : puzzle.best()
    stack.push({ moves: best === undefined ? [] : [best], next: 0, areAllKnown: isDead })
  }
  const nextMove = (frame: Frame<Move>): Move | undefined => {
    if (frame.next >= frame.moves.length && !frame.areAllKnown) {
      frame.areAllKnown = true
      frame.moves.push(...puzzle.others())
    }
    return frame.moves[frame.next++]
  }
  const giveUp = (frame: Frame<Move>): void => {
    if (frame.moves.length > 1) {
      dead.add(puzzle.key())
      deepestDead = Math.max(deepestDead, puzzle.progress())
    }
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

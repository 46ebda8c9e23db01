/** A schedule out of another: pieces are taken out, doubled, moved, or replaced by pieces of a fresh one. */
import type { Command } from '../world/command.js'
import type { Random } from '../world/random.js'

type Commands = readonly Command[]

const MAX_LENGTH = 200
const MAX_CHANGES = 4

/** `fresh`: where new commands come from. */
export const mutate = (random: Random, parent: Commands, fresh: Commands): Commands => {
  let commands = parent
  for (let changes = random.between(1, MAX_CHANGES); changes > 0; changes -= 1)
    commands = change(random, commands, fresh)
  return commands.slice(0, MAX_LENGTH)
}

const change = (random: Random, commands: Commands, fresh: Commands): Commands => {
  const [from, to] = piece(random, commands.length)
  const place = random.below(commands.length + 1)
  switch (random.below(5)) {
    case 0:
      return commands.toSpliced(from, to - from)
    case 1:
      return commands.toSpliced(place, 0, ...commands.slice(from, to))
    case 2:
      return commands.toSpliced(from, to - from, ...some(random, fresh))
    case 3:
      return commands.toSpliced(place, 0, ...some(random, fresh))
    default:
      // The beginning of one and the end of the other.
      return [...commands.slice(0, place), ...fresh.slice(random.below(fresh.length))]
  }
}

const some = (random: Random, commands: Commands): Commands => commands.slice(...piece(random, commands.length))

const MAX_PIECE = 12

/** From and to, of at most a dozen. */
const piece = (random: Random, length: number): readonly [number, number] => {
  const from = random.below(length)
  return [from, Math.min(length, from + random.between(1, MAX_PIECE))]
}

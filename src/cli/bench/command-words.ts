/** A command line as a person writes it → its words. No shell: quotes, and nothing else. Pure. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'

/** Stands for the name of the zoo.cfg. */
export const PLACE = '{cfg}'

/** The command with a place for the zoo.cfg; Left: what is wrong with it. */
export const parseCommand = (text: string): Either<string, (zooCfg: string) => readonly string[]> => {
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []
  if (/["']/.test(text.replace(/"[^"]*"|'[^']*'/g, ''))) return left('A quote is not closed.')
  const plain = words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'))
  if (!plain.some((word) => word.includes(PLACE))) return left(`It must contain ${PLACE}, for the file of each server.`)
  return right((zooCfg) => plain.map((word) => word.replaceAll(PLACE, zooCfg)))
}

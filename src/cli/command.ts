/** How a command joins `zab`: one file in commands/ exports one of these, and main.ts lists it. */
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'

/** Adds a command to the program. Its action hands the exit code (exit-code.ts) to `finish`, once. */
export type AddCommand = (program: Command, finish: (exitCode: number) => void) => void

/** Help that ends with something to try. */
export const withExample = (command: Command, example: string): Command =>
  command.addHelpText('after', `\nExample:\n  ${example}`)

/** Reads an option that is a whole number within bounds. */
export const integerBetween =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }

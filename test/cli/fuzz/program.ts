// The two commands as a program of their own.
import { Command, CommanderError } from 'commander'
import { addFuzz } from '../../../src/cli/commands/fuzz.js'
import { addReplay } from '../../../src/cli/commands/replay.js'
import { EXIT } from '../../../src/cli/exit-code.js'

/** Runs a command line; its exit code. */
export const zab = async (args: readonly string[]): Promise<number> => {
  let status = -1
  const program = new Command('zab').exitOverride()
  const finish = (exitCode: number): void => {
    status = exitCode
  }
  addFuzz(program, finish)
  addReplay(program, finish)
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    status = error.exitCode === 0 ? EXIT.held : EXIT.usage
  }
  return status
}

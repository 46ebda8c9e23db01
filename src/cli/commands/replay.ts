/**
 * `zab replay`: runs a schedule again, from the token or the file that a failure left, and shows what happens.
 *
 * Exit codes: 0 it holds, 1 it violates, 2 the token or the file is no schedule, or
 * the page cannot be written, 4 no checker could decide.
 */
import type { AddCommand } from '../command.js'
import { withExample } from '../command.js'
import type { ReplayFlags } from '../fuzz/replay.js'

export const addReplay: AddCommand = (program, finish) => {
  const command = program
    .command('replay')
    .description('run a schedule again, by its token or from a file, and show it')
    .argument('<token|file>', 'what zab fuzz or zab simulate has printed, or a file of a corpus')
    .option('--story', 'only the story')
    .option('--mermaid', 'only the sequence diagram')
    .option('--html <file>', 'write the run as one page that needs nothing else')
    .option('--json', 'one JSON object instead of text')
    .option('--root <directory>', 'the checkout, to name the line of code', '.')
    .action(async (token: string, flags: ReplayFlags) => {
      const { replay } = await import('../fuzz/replay.js')
      finish(await replay(token, flags))
    })
  withExample(command, 'zab replay corpus/0123456789abcdef.json --html run.html')
}

/**
 * `zab museum`: bugs that ZooKeeper's replication has had, let loose in our core. Each has to be caught, by exploration or by
 * fuzzing, and by exploration if it was before.
 *
 * Exit codes: 0 all are caught, or the one that was asked for is told; 1 one is not; 2 there is no such bug.
 */
import { Option } from 'commander'
import type { AddCommand } from '../command.js'
import { integerBetween, withExample } from '../command.js'
import type { Flags } from '../museum/museum.js'

export const addMuseum: AddCommand = (program, finish) => {
  const command = program
    .command('museum')
    .description('let historical bugs loose in the core and see who catches them; or tell the story of one')
    .argument('[id]', 'the bug to tell of, such as ZK-2845')
    .option('--seed <number>', 'of the schedules', integerBetween(0, 0x7fffffff), 1)
    .addOption(
      new Option(
        '--by <search>',
        'whose counterexample is told; that of exploration unless it cannot see the bug',
      ).choices(['exploration', 'fuzzing']),
    )
    .option('--json', 'one JSON object instead of the table')
    .option(
      '--record',
      'find counterexamples anew that no longer show their bug, or that of one bug, and check them in',
    )
    .option('--root <directory>', 'the checkout, for --record', '.')
    .action(async (id: string | undefined, flags: Flags) => {
      const { museum } = await import('../museum/museum.js')
      finish(museum(id, flags))
    })
  withExample(command, 'zab museum ZK-2845')
}

/**
 * `zab prove`: ZAB is safe for any number of servers, by induction; every step of the argument is discharged by Z3.
 *
 * Exit codes: 0 all that was asked is proved, 1 something is refuted or an engine failed, 4 something is neither.
 */
import { availableParallelism } from 'node:os'
import { Option } from 'commander'
import type { AddCommand } from '../command.js'
import { integerBetween, withExample } from '../command.js'
import type { Flags } from '../prove/flags.js'

export const addProve: AddCommand = (program, finish) => {
  const command = program
    .command('prove')
    .description('prove the delivery properties of ZAB, for any number of servers, with Z3')
    .option('--only <step>', "obligations of one action, or of 'initially' or 'properties'")
    .option('--conjunct <name>', 'obligations with this goal')
    .addOption(
      new Option('--engine <name>', 'Z3 from npm, or z3 on PATH (the default when there is one)').choices([
        'npm',
        'native',
      ]),
    )
    .option('--jobs <number>', 'processes', integerBetween(1, 64), availableParallelism())
    .option('--seed <number>', 'of the solver', integerBetween(0, 1_000_000), 0)
    .option('--seeds <number>', 'prove it this many times, with one seed after the other', integerBetween(1, 1000), 1)
    .option('--timeout <seconds>', 'for each attempt at an obligation', integerBetween(1, 3600), 20)
    .option('--full', 'ignore the recorded hypotheses, use all')
    .addOption(new Option('--cross-check <solver>', 'ask another solver on PATH as well').choices(['cvc5']))
    .option('--smtlib <directory>', 'write each obligation as a file for any SMT solver, and prove nothing')
    .option('--tla', 'print the same system as a TLA+ module, and prove nothing')
    .option('--record', 'find out anew which hypotheses each proof needs, and write it down in the checkout')
    .option('--root <directory>', 'the checkout, for --record', '.')
    .option('--json', 'one JSON object for each seed instead of text')
    .action(async (flags: Flags) => {
      const { prove } = await import('../prove/prove.js')
      finish(await prove(flags))
    })
  withExample(command, 'zab prove --only startEpoch --seeds 10')
}

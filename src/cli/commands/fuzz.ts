/**
 * `zab fuzz`: schedules with faults, drawn from a seed as long as the budget lasts; a failure is shrunk and told.
 *
 * Exit codes: 0 nothing was violated within the budget (which is what was asked, so never 3); 1 violated; 2 wrong usage, also
 * a damaged corpus, or a report that cannot be written; 4 no answer: interrupted before anything was found, or a history that no checker could decide.
 */
import { Option } from 'commander'
import type { AddCommand } from '../command.js'
import { integerBetween, withExample } from '../command.js'
import type { FuzzFlags } from '../fuzz/flags.js'
import { faultsOption, millisecondsOf, shardOf } from '../fuzz/flags.js'

const time = (flag: string, description: string, usual: string): Option =>
  new Option(flag, description).argParser(millisecondsOf).default(millisecondsOf(usual), usual)

export const addFuzz: AddCommand = (program, finish) => {
  const command = program
    .command('fuzz')
    .description('look for violations with random schedules and faults for a while; shrink and explain what is found')
    .addOption(time('--budget <time>', 'how long, as 90s, 10m or 2h', '60s'))
    .option('--cases <number>', 'at most so many schedules', integerBetween(1, 1_000_000_000))
    .option('--seed <number>', 'same seed, same schedules', integerBetween(0, 0xffff_ffff), 1)
    .option('--servers <number>', 'voters', integerBetween(1, 9), 3)
    .option('--observers <number>', 'observers', integerBetween(0, 9), 1)
    .option('--clients <number>', 'clients', integerBetween(1, 100), 3)
    .addOption(faultsOption())
    .addOption(
      new Option('--shard <i/n>', 'the i-th of n parts: no two have a seed in common')
        .argParser(shardOf)
        .default(shardOf('1/1'), '1/1'),
    )
    .option('--corpus <directory>', 'keep the schedules that reach something new, and begin with those kept')
    .option('--junit <file>', 'write a JUnit report; - is standard output')
    .option('--json <file>', 'write all figures as JSON; - is standard output')
    .option('--html <file>', 'write a failure as one page that needs nothing else')
    .option('--bug <id>', 'plant a bug of the museum, to see how a failure looks')
    .addOption(time('--shrink <time>', 'how long a failure may be shrunk', '20s'))
    .option('--root <directory>', 'the checkout, to name the line of code', '.')
    .action(async (flags: FuzzFlags) => {
      const { fuzz } = await import('../fuzz/fuzz.js')
      finish(await fuzz(flags))
    })
  withExample(command, 'zab fuzz --budget 10m --shard 2/4 --corpus corpus --junit fuzz.xml')
}

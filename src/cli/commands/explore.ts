/**
 * `zab explore`: every state of the shipped core that a small ensemble can reach within bounds, breadth first, every step
 * judged against the abstract system.
 *
 * Exit codes: 0 every state was seen and held, 1 violated, with a shortest way there, 2 there are no such rules or bounds, 3
 * time or memory ended first.
 */
import { availableParallelism, totalmem } from 'node:os'
import { InvalidArgumentError, Option } from 'commander'
import type { AddCommand } from '../command.js'
import { integerBetween, withExample } from '../command.js'
import { MAXIMAL_BOUND, MAXIMAL_RECONFIGURATIONS } from '../../../proofs/exploration/budget.js'
import type { Flags } from '../explore/flags.js'

/** Half of the memory of the machine. */
const MEGABYTES = Math.max(1024, Math.floor(totalmem() / 2e6))

export const addExplore: AddCommand = (program, finish) => {
  const command = program
    .command('explore')
    .description('visit every state that a small ensemble of the real core can reach, and judge every step')
    .option('--servers <number>', 'voters', integerBetween(1, 5), 3)
    .option('--observers <number>', 'beside them', integerBetween(0, 3), 0)
    .option(
      '--joiners <number>',
      'beside both, in no configuration at first: they follow without a vote; with --reconfigurations',
      integerBetween(0, 4),
      0,
    )
    .option('--transactions <number>', 'so many are submitted', integerBetween(0, 9), 2)
    .option('--timeouts <number>', 'times a server gives up or a connection is lost', integerBetween(0, 9), 1)
    .option('--restarts <number>', 'crashes, each with any loss of un-synced writes', integerBetween(0, 9), 1)
    .option(
      '--reconfigurations <number>',
      'with --election oracle: so many are proposed, each to any set of voters among all servers',
      integerBetween(0, MAXIMAL_RECONFIGURATIONS),
      0,
    )
    .option(
      '--reconfigure-to <voters>',
      'to this set of voters only, as in 1,2,4, and to those that differ in names only; may be given several times',
      collectVoters,
    )
    .option(
      '--leaderships <number>',
      'with --election oracle: attempts to lead; 1 + timeouts + restarts + reconfigurations unless given',
      integerBetween(1, 9),
    )
    .addOption(
      new Option(
        '--election <how>',
        'oracle: anybody may be told at any time that anybody leads; fast: the real election is explored as well',
      )
        .choices(['oracle', 'fast'])
        .default('oracle'),
    )
    .option(
      '--elections <number>',
      'with --election fast: times a server begins to look; (servers + observers) × (1 + timeouts + restarts) unless given',
      integerBetween(1, MAXIMAL_BOUND),
    )
    .option('--window <number>', 'committed entries in memory, to synchronize learners with', integerBetween(0, 100))
    .option('--no-reductions', 'leave out nothing, not even what makes no difference')
    .option('--rules <bug>', 'with the rules of a bug of the museum, to see it found')
    .option('--max-states <number>', 'end after so many', integerBetween(1, 2_000_000_000), 200_000_000)
    .option(
      '--max-megabytes <number>',
      'end when the process has grown so large',
      integerBetween(128, 1_000_000),
      MEGABYTES,
    )
    .option('--max-seconds <number>', 'end after this time', integerBetween(1, 10_000_000))
    .option('--workers <number>', 'threads', integerBetween(1, 64), availableParallelism())
    .option('--checkpoint <folder>', 'put it aside there now and then, and when it has to end')
    .option('--checkpoint-every <seconds>', 'how often', integerBetween(1, 1_000_000), 600)
    .option('--resume <folder>', 'go on with what was put aside there')
    .option('--marks <folder>', 'all bounds of the nightly exploration, with their checkpoints there')
    .option('--json', 'one JSON object instead of text')
    .action(async (flags: Flags) => {
      const { exploreCommand } = await import('../explore/explore.js')
      finish(await exploreCommand(flags))
    })
  withExample(command, 'zab explore --servers 3 --transactions 2 --timeouts 0 --restarts 0 --rules ZK-3911')
}

/** `1,2,4`, after the sets that were given before. */
const collectVoters = (
  text: string,
  before: readonly (readonly number[])[] | undefined,
): readonly (readonly number[])[] => {
  if (!/^[1-9](,[1-9])*$/.test(text)) throw new InvalidArgumentError('It must be ids of servers, as in 1,2,4.')
  return [...(before ?? []), text.split(',').map(Number)]
}

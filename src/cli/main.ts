#!/usr/bin/env node
/** The `zab` command. Each command is a file in commands/; everything heavy is loaded by the command that needs it. */
import { Command, CommanderError } from 'commander'
import type { AddCommand } from './command.js'
import { addBench } from './commands/bench.js'
import { addClauses } from './commands/clauses.js'
import { addExplore } from './commands/explore.js'
import { addFourLetter } from './commands/four-letter.js'
import { addFuzz } from './commands/fuzz.js'
import { addMuseum } from './commands/museum.js'
import { addProve } from './commands/prove.js'
import { addReplay } from './commands/replay.js'
import { addServer } from './commands/server.js'
import { addSimulate } from './commands/simulate.js'
import { addStart } from './commands/start.js'
import { EXIT } from './exit-code.js'

const commands: readonly AddCommand[] = [
  addStart,
  addServer,
  addFourLetter,
  addClauses,
  addSimulate,
  addFuzz,
  addReplay,
  addProve,
  addExplore,
  addMuseum,
  addBench,
]

const HELP = `
Exit codes: 0 done, or what was asked holds; 1 violated or failed; 2 wrong usage; 3 the budget ended first; 4 unknown.

First steps:
  zab start                              three servers on this machine
  zab four-letter srvr 127.0.0.1:2181    ask one of them how it is
  zab fuzz --budget 60s                  whole ensembles in a simulated world, with faults; what is found is explained
  zab prove                              the proof that the abstract protocol is safe`

const program = new Command('zab')
  .description('ZooKeeper Atomic Broadcast: servers that speak ZooKeeper, and tools around the protocol')
  .version('0.1.0')
  .addHelpText('after', HELP)
  .showHelpAfterError('Add --help to see how it is used.')

// Settings of the program are copied into each command when it is made: these come first.
program.exitOverride().configureHelp({ sortSubcommands: false })

const finish = (exitCode: number): void => {
  process.exit(exitCode)
}

for (const add of commands) add(program, finish)

try {
  await program.parseAsync()
} catch (error) {
  // Help and version end with 0, every mistake on the command line with 2; commander has printed its reason already.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.held : EXIT.usage)
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(EXIT.violated)
}

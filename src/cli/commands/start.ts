/** `zab start` (`npm start`): an ensemble on this machine, and a live view of it. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { surviveBrokenStreams } from '../../shell/server/standard-streams.js'
import type { AddCommand } from '../command.js'
import { integerBetween, withExample } from '../command.js'

interface Flags {
  readonly servers?: number
  readonly observers: number
  readonly port: number
  readonly data: string
  readonly json: boolean
  readonly restart: boolean
}

/** Each server is a process with sockets to all others; beyond this a laptop shows nothing but its own limits. */
const MOST_SERVERS = 31

export const addStart: AddCommand = (program, finish) => {
  const command = program
    .command('start')
    .description('start an ensemble on this machine, one process a server, and watch it; Ctrl-C stops it')
    .option('--servers <n>', 'servers that vote (default: what the data directory holds, else 3)', count(1))
    .option('--observers <n>', 'servers that do not vote', count(0), 0)
    .option('--port <port>', 'client port of the first server; the others take the next ones', port, 2181)
    .option('--data <directory>', 'where the servers keep their data', 'data')
    .option('--json', 'one JSON object a line instead of text', false)
    .option('--restart', 'start a server that died again', false)
    .action(async (flags: Flags) => finish(await start(flags)))
  withExample(command, 'zab start --servers 5 --observers 1 --port 2181')
}

const count = (least: number): ((text: string) => number) => integerBetween(least, MOST_SERVERS)

const port = integerBetween(1, 65_535)

const start = async (flags: Flags): Promise<number> => {
  const { runEnsemble } = await import('../start/run.js')
  const { makeScreen } = await import('../start/screen.js')
  surviveBrokenStreams()
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  const isTerminal = process.stdout.isTTY && !flags.json
  return runEnsemble({
    voters: flags.servers,
    observers: flags.observers,
    firstPort: flags.port,
    dataDir: path.resolve(flags.data),
    restart: flags.restart,
    pollMs: isTerminal ? 500 : 1000,
    screen: makeScreen(process.stdout, flags.json ? 'json' : isTerminal ? 'terminal' : 'lines'),
    stop: stop.signal,
    server: [
      ...process.execArgv,
      fileURLToPath(import.meta.url).replace(/commands\/start\.(js|ts)$/, 'main.$1'),
      'server',
    ],
  })
}

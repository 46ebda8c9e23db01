/** `zab server <zoo.cfg>`: one server of an ensemble, in the foreground. */
import { showError, showWarning } from '../../service/configuration/error.js'
import { readServerConfiguration } from '../../shell/configuration/read.js'
import type { ServerConfiguration } from '../../shell/configuration/server-configuration.js'
import { plainLines } from '../../shell/server/plain-text.js'
import { surviveBrokenStreams } from '../../shell/server/standard-streams.js'
import type { AddCommand } from '../command.js'
import { withExample } from '../command.js'
import { EXIT } from '../exit-code.js'

/** Runs until SIGINT, SIGTERM or a fatal error, logs by itself, and resolves to the exit code. */
export type RunServer = (configuration: ServerConfiguration) => Promise<number>

export const addServer: AddCommand = (program, finish) => {
  const command = program
    .command('server')
    .description('run one server, as its zoo.cfg and the myid in its dataDir say')
    .argument('<zoo.cfg>', 'configuration file, in the format of ZooKeeper')
    .action(async (file: string) => finish(await server(file)))
  withExample(command, 'zab server data/server.1/zoo.cfg')
}

const server = async (file: string): Promise<number> => {
  surviveBrokenStreams()
  const read = await readServerConfiguration(file)
  if (read._tag === 'Left') {
    for (const error of read.left) process.stderr.write(plainLines(`error: ${showError(error)}\n`))
    return EXIT.usage
  }
  for (const warning of read.right.warnings)
    process.stderr.write(
      plainLines(`warning: ${showWarning(warning)}
`),
    )
  for (const note of read.right.notes)
    process.stderr.write(
      plainLines(`note: ${showWarning(note)}
`),
    )
  const { runServer }: { readonly runServer: RunServer } = await import('../../shell/server/run.js')
  return runServer(read.right.configuration)
}

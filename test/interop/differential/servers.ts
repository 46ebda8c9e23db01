/** The two servers, as processes of their own and with the same configuration. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kind } from '../../support/server-process.js'
import { ServerProcess } from '../../support/server-process.js'
import { freePort } from '../../vectors/record/java.js'

/** Ticks so long that no session expires in a run: when one does is not compared. */
export const TICK_TIME_MS = 60_000

const LINES = [`tickTime=${TICK_TIME_MS}`, 'maxClientCnxns=0', 'forceSync=no', '4lw.commands.whitelist=*', '']

/** Starts one server alone, and waits until it serves. `lines`: further lines of its zoo.cfg. */
export const startAlone = async (
  kind: Kind,
  directory: string,
  lines: readonly string[] = [],
): Promise<ServerProcess> => {
  const clientPort = await freePort()
  const server = new ServerProcess(1, kind, directory, clientPort)
  mkdirSync(server.dataDirectory, { recursive: true })
  const places = [`dataDir=${server.dataDirectory}`, `clientPort=${clientPort}`, 'clientPortAddress=127.0.0.1']
  writeFileSync(join(directory, 'zoo.cfg'), [...places, ...lines, ...LINES].join('\n'))
  server.start()
  await server.serves()
  return server
}

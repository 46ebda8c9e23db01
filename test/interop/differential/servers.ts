/** The two servers as processes of their own, with the same configuration but for who they are. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fourLetterWord, freePort, startJava } from '../../vectors/record/java.js'

export interface Server {
  readonly clientPort: number
  readonly dataDirectory: string
  readonly stop: () => Promise<void>
}

/** Ticks so long that no session expires in a run: when one does is not compared. */
export const TICK_TIME_MS = 60_000

const LINES = [`tickTime=${TICK_TIME_MS}`, 'maxClientCnxns=0', 'forceSync=no', '4lw.commands.whitelist=*']
const ATTEMPTS = 150
const ATTEMPT_INTERVAL_MS = 100

export const hasApache = (): boolean =>
  existsSync('/usr/share/java/zookeeper.jar') && spawnSync('java', ['-version']).status === 0

/** `lines`: further lines of its zoo.cfg. Its data are in `directory`/data. */
export const startApache = async (directory: string, lines: readonly string[] = []): Promise<Server> =>
  startJava(directory, await freePort(), [...LINES, ...lines])

/** A process that runs the sources as they are now. */
export const startOurs = async (directory: string): Promise<Server> => {
  const clientPort = await freePort()
  const dataDirectory = join(directory, 'data')
  mkdirSync(dataDirectory, { recursive: true })
  const configuration = join(directory, 'zoo.cfg')
  const lines = [`dataDir=${dataDirectory}`, `clientPort=${clientPort}`, 'clientPortAddress=127.0.0.1', ...LINES, '']
  writeFileSync(configuration, lines.join('\n'))
  const log = openSync(join(directory, 'server.log'), 'a')
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'server', configuration], {
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }
  for (let attempt = 0; attempt < ATTEMPTS && child.exitCode === null; attempt += 1) {
    if ((await fourLetterWord(clientPort, 'srvr')).startsWith('Zookeeper version')) {
      return { clientPort, dataDirectory, stop }
    }
    await delay(ATTEMPT_INTERVAL_MS)
  }
  await stop()
  throw new Error(`our server does not serve; see ${join(directory, 'server.log')}`)
}

/** Real Apache ZooKeeper servers on loopback, for recording. Ended by their own process handle. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const CLASS_PATH = '/usr/share/java/zookeeper.jar'
const ATTEMPTS = 150
const ATTEMPT_INTERVAL_MS = 200

export interface JavaServer {
  readonly clientPort: number
  readonly dataDirectory: string
  stop(): Promise<void>
}

/** A port of loopback that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Starts a server in `directory` and waits until it serves. `lines`: its zoo.cfg beside data directory and port. */
export const startJava = async (
  directory: string,
  clientPort: number,
  lines: readonly string[],
  id?: number,
): Promise<JavaServer> => {
  const dataDirectory = join(directory, 'data')
  mkdirSync(dataDirectory, { recursive: true })
  if (id !== undefined) writeFileSync(join(dataDirectory, 'myid'), `${id}\n`)
  const configuration = join(directory, 'zoo.cfg')
  const common = [`dataDir=${dataDirectory}`, `clientPort=${clientPort}`, 'clientPortAddress=127.0.0.1']
  writeFileSync(configuration, [...common, '4lw.commands.whitelist=*', ...lines, ''].join('\n'))
  const log = openSync(join(directory, 'server.log'), 'a')
  const flags = [
    '-Xmx256m',
    '-Dfile.encoding=UTF-8',
    '-Dzookeeper.admin.enableServer=false',
    '-Dzookeeper.preAllocSize=64',
    '-Dznode.container.checkIntervalMs=400',
  ]
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
  const child = spawn('java', [...flags, '-cp', CLASS_PATH, main, configuration], { stdio: ['ignore', log, log] })
  await untilServing(clientPort, child)
  return { clientPort, dataDirectory, stop: () => stop(child) }
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

const untilServing = async (port: number, child: ChildProcess): Promise<void> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (child.exitCode !== null) throw new Error('the server has ended')
    if ((await fourLetterWord(port, 'srvr')).startsWith('Zookeeper version')) return
    await delay(ATTEMPT_INTERVAL_MS)
  }
  child.kill('SIGTERM')
  throw new Error('the server does not serve')
}

export const fourLetterWord = (port: number, word: string): Promise<string> =>
  new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(word))
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('error', () => resolve(''))
    socket.on('close', () => resolve(text))
  })

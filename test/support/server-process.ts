/** One real server process, ours or Apache's: started from its zoo.cfg, killed by its own pid, seen from outside. */
import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fourLetter } from '../../src/cli/four-letter.js'
import { PATIENCE_MS, until, untilTrue, within } from './wait.js'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export type Kind = 'zab' | 'apache'

/** Debian's package `zookeeper`; the jar names all that it needs, but for something that writes its log. */
const APACHE_JAR = '/usr/share/java/zookeeper.jar'
const APACHE_LOG_JAR = '/usr/share/java/slf4j-simple.jar'

export const hasApache = existsSync(APACHE_JAR) && existsSync('/usr/bin/java')

const APACHE = [
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dfile.encoding=UTF-8',
  '-Dzookeeper.admin.enableServer=false',
  '-Dzookeeper.preAllocSize=64',
  ...['-cp', `${APACHE_JAR}:${APACHE_LOG_JAR}`, 'org.apache.zookeeper.server.quorum.QuorumPeerMain'],
]

let problem: string | undefined

/** `npm test` has built dist/; whoever starts the tests otherwise gets a build of what is there. Done once. */
const build = (): void => {
  if (problem === undefined) {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'src/cli/bootstrap.mjs'), 'build'])
    problem = status === 0 ? '' : stderr.toString()
  }
  if (problem !== '') throw new Error(`no build: ${problem}`)
}

export type Signal = 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'

const WORD_LIMIT_MS = 2000
const TAIL_LINES = 25

export class ServerProcess {
  private child: ChildProcess | undefined
  private exited: Promise<number | string> = Promise.resolve('never started')
  /** Length of the log when the process was last started. */
  private logStart = 0

  /**
   * @param directory holds zoo.cfg, and the data in `data`
   * @param through a command that becomes the one that follows it, in a world of its own
   */
  constructor(
    readonly id: number,
    readonly kind: Kind,
    readonly directory: string,
    readonly clientPort: number,
    private readonly through: readonly string[] = [],
  ) {}

  get address(): string {
    return `127.0.0.1:${this.clientPort}`
  }

  get dataDirectory(): string {
    return join(this.directory, 'data')
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`server ${this.id} does not run`)
    return this.child.pid
  }

  isRunning(): boolean {
    return this.child !== undefined
  }

  /** Starts it and does not wait. It ends when this process does, however this process ends. */
  start(): void {
    if (this.child !== undefined) throw new Error(`server ${this.id} runs already`)
    build()
    this.logStart = this.log().length
    const output = openSync(this.logFile, 'a')
    const configuration = join(this.directory, 'zoo.cfg')
    const command: readonly string[] =
      this.kind === 'zab'
        ? [...this.through, process.execPath, join(ROOT, 'dist/src/cli/main.js'), 'server', configuration]
        : [...this.through, 'setpriv', '--pdeathsig', 'KILL', 'java', ...APACHE, configuration]
    const [program = '', ...rest] = command
    const child = spawn(program, rest, {
      stdio: [this.kind === 'zab' ? 'pipe' : 'ignore', output, output],
      env: { ...process.env, ...(this.kind === 'zab' ? { ZAB_EXIT_ON_STDIN_END: '1' } : {}) },
    })
    closeSync(output)
    child.stdin?.on('error', () => undefined)
    this.child = child
    this.exited = once(child, 'exit').then(([code, signal]: unknown[]) => {
      this.child = undefined
      return typeof code === 'number' ? code : String(signal)
    })
  }

  /** The exit code, or the name of the signal that ended it. */
  ended(): Promise<number | string> {
    return within(`the end of server ${this.id}`, this.exited)
  }

  signal(signal: Signal): void {
    this.child?.kill(signal)
  }

  /** kill -9, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended()
  }

  async stop(): Promise<number | string> {
    this.signal('SIGTERM')
    return this.ended()
  }

  // --- seen from outside

  private get logFile(): string {
    return join(this.directory, 'server.log')
  }

  /** All that it has logged, in all its lives. */
  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : ''
  }

  /** What it has logged since it was last started. */
  recentLog(): string {
    return this.log().slice(this.logStart)
  }

  logTail(): string {
    const lines = this.log().trimEnd().split('\n').slice(-TAIL_LINES)
    return [`--- server ${this.id} (${this.kind})`, ...lines].join('\n')
  }

  async logged(text: string | RegExp, limitMs = PATIENCE_MS): Promise<string> {
    const found = (line: string): boolean => (typeof text === 'string' ? line.includes(text) : text.test(line))
    return until(`server ${this.id} logs ${String(text)}`, () => this.recentLog().split('\n').find(found), limitMs)
  }

  /** The answer to a four-letter word; undefined when there is none. */
  async word(word: string): Promise<string | undefined> {
    if (this.child === undefined) return undefined
    const answer = await fourLetter({ host: '127.0.0.1', port: this.clientPort }, word, WORD_LIMIT_MS)
    return answer._tag === 'Right' ? answer.right : undefined
  }

  /** `leader`, `follower`, `observer` or `standalone`; undefined while it does not serve. */
  async mode(): Promise<string | undefined> {
    return /^Mode: (\w+)$/m.exec((await this.word('srvr')) ?? '')?.[1]
  }

  /** The last zxid that it has applied, in hexadecimal. */
  async lastZxid(): Promise<string | undefined> {
    return /^Zxid: (0x[0-9a-f]+)$/m.exec((await this.word('srvr')) ?? '')?.[1]
  }

  /** One of the figures of `mntr`, such as `zk_znode_count`. */
  async figure(name: string): Promise<string | undefined> {
    return new RegExp(`^${name}\t(.*)$`, 'm').exec((await this.word('mntr')) ?? '')?.[1]
  }

  async serves(): Promise<string> {
    return until(`server ${this.id} serves`, async () => {
      if (this.child === undefined) throw new Error(`server ${this.id} has ended: ${String(await this.exited)}`)
      return this.mode()
    })
  }

  async hasMode(mode: string): Promise<void> {
    await untilTrue(`server ${this.id} is ${mode}`, async () => (await this.mode()) === mode)
  }

  /** Memory that is in use and resident. */
  residentBytes(): number {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]
    return Number(kilobytes) * 1024
  }
}

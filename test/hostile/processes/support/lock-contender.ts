/** A process that contends for a directory, from the side of the test. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const WORKER = fileURLToPath(new URL('lock-worker.ts', import.meta.url))

export class Contender {
  private readonly child: ChildProcess
  private readonly answers: string[] = []
  private wake: () => void = () => undefined
  private hasEnded = false
  readonly ended: Promise<void>
  private complaint = ''

  /** @param around a command before the worker's own, such as one that gives it namespaces */
  constructor(directory: string, around: readonly string[] = []) {
    const own = ['--import', 'tsx', WORKER, directory]
    const [command, words] =
      around[0] === undefined ? [process.execPath, own] : [around[0], [...around.slice(1), process.execPath, ...own]]
    this.child = spawn(command, words, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] })
    this.child.stdin?.on('error', () => undefined)
    this.child.stderr?.on('data', (data: Buffer) => (this.complaint += data.toString()))
    if (this.child.stdout === null) throw new Error('no output')
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.answers.push(line)
      this.wake()
    })
    this.ended = Promise.race([once(this.child, 'close'), once(this.child, 'error')]).then(() => {
      this.hasEnded = true
      this.wake()
    })
  }

  /** Its next line. Rejects when it has ended without one. */
  async next(): Promise<string> {
    for (;;) {
      const answer = this.answers.shift()
      if (answer !== undefined) return answer
      if (this.hasEnded) throw new Error(`the contender has ended: ${this.complaint}`)
      await new Promise<void>((resolve) => (this.wake = resolve))
    }
  }

  order(line: string): void {
    this.child.stdin?.write(`${line}\n`)
  }

  async ask(line: string): Promise<string> {
    this.order(line)
    return this.next()
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}

export const startContenders = async (
  count: number,
  directory: string,
  around: readonly string[] = [],
): Promise<readonly Contender[]> => {
  const contenders = Array.from({ length: count }, () => new Contender(directory, around))
  for (const each of contenders) await each.next()
  return contenders
}

export interface Race {
  readonly rounds: number
  /** Owners in each round that had not exactly one. */
  readonly wrong: readonly number[]
}

/** In each round all contend at once for a lock whose owner has just gone; then the owner goes. */
export const race = async (contenders: readonly Contender[], rounds: number): Promise<Race> => {
  const wrong: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    for (const each of contenders) each.order('take')
    const answers = await Promise.all(contenders.map((each) => each.next()))
    const owners = contenders.filter((_, index) => answers[index] === 'owner')
    if (owners.length !== 1) wrong.push(owners.length)
    await Promise.all(owners.map((each) => each.ask('release')))
  }
  return { rounds, wrong }
}

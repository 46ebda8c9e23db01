/** A process of the bench that reports lines of JSON and takes lines as signals. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Child<R> {
  /** The next report; undefined when it has ended. */
  readonly next: () => Promise<R | undefined>
  readonly tell: () => void
  /** SIGKILL; resolves when it is gone. */
  readonly end: () => Promise<void>
}

/** `program`: what Node is given before the job. Ended by `signal` at the latest. */
export const startChild = <R>(program: readonly string[], job: unknown, signal: AbortSignal): Child<R> => {
  const child = spawn(process.execPath, [...program, JSON.stringify(job)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A group of its own: a Ctrl-C at the terminal comes to us alone, and we end it.
    detached: true,
    signal,
    killSignal: 'SIGKILL',
  })
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return {
    next: async () => {
      const line = await lines.next()
      // Written by our own program: the type is shared.
      return line.done === true ? undefined : (JSON.parse(line.value) as R)
    },
    tell: () => child.stdin.write('go\n'),
    end: () => endOf(child, ended),
  }
}

const endOf = async (child: ChildProcess, ended: Promise<void>): Promise<void> => {
  child.stdin?.end()
  child.kill('SIGKILL')
  if (child.pid !== undefined) await ended
}

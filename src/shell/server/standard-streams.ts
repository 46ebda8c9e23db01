/**
 * The standard streams of a process that must outlive them: their reader may go away, or stop reading, and the disk
 * behind them may be full. What is lost is lost; the server goes on.
 */
import { constants, fstatSync, openSync, writeSync } from 'node:fs'

/** Errors of what is written to stdout and stderr through Node's own streams are nobody's end. */
export const surviveBrokenStreams = (): void => {
  process.stdout.on('error', () => undefined)
  process.stderr.on('error', () => undefined)
}

/** Writes a line, or says why it did not: the code of the error. */
export type WriteLine = (line: string) => string | undefined

const STANDARD_ERROR = 2

/**
 * Lines to a descriptor, at once and past Node's stream, which after its first error writes nothing any more: a disk that
 * was full has room again one day.
 */
export const lineWriter = (descriptor: number = STANDARD_ERROR): WriteLine => {
  const own = withoutWaiting(descriptor)
  /** The last line is there in part. */
  let isTorn = false
  return (line) => {
    const bytes = Buffer.from(isTorn ? `\n${line}` : line)
    try {
      const written = writeSync(own, bytes)
      if (written > 0) isTorn = written < bytes.length
      return written < bytes.length ? 'no room' : undefined
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    }
  }
}

/** A pipe whose reader sleeps would put us to sleep, too. We open it once more, so that only we do not wait. */
const withoutWaiting = (descriptor: number): number => {
  try {
    if (!fstatSync(descriptor).isFIFO()) return descriptor
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    // Not Linux, or not ours to open.
    return descriptor
  }
}

/** Load: writers that never stop, and that remember which of their writes have been acknowledged. */
import type { Client } from './client.js'
import { nameOf } from './client.js'

export interface Writer {
  /** Paths whose creation was acknowledged. */
  readonly acknowledged: () => readonly string[]
  /** Writes whose fate the client was not told. */
  readonly unknown: () => number
  /** Lets the writes under way end. */
  readonly stop: () => Promise<void>
}

/** `pipelined` creates at a time below `parent`, until stopped. Node and data are the same number. */
export const startWriting = (client: Client, parent: string, pipelined: number): Writer => {
  const acknowledged: string[] = []
  let unknown = 0
  let next = 0
  let stopped = false
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const name = String(next++)
      const path = `${parent}/${name}`
      try {
        await client.create(path, name)
        acknowledged.push(path)
      } catch (error) {
        // The connection broke: the write may have happened, and the library connects again by itself.
        if (nameOf(error) !== 'CONNECTION_LOSS') throw error
        unknown += 1
      }
    }
  }
  const loops = Promise.all(Array.from({ length: pipelined }, loop))
  // Its failure is reported by stop.
  loops.catch(() => undefined)
  return {
    acknowledged: () => acknowledged,
    unknown: () => unknown,
    stop: async () => {
      stopped = true
      await loops
    },
  }
}

/** The largest resident memory of a server while something goes on. */
import { readFileSync, writeFileSync } from 'node:fs'
import { usageOf } from '../usage.js'

const SAMPLE_MS = 200

export interface Peak {
  readonly beforeBytes: number
  /** Stops looking. */
  readonly end: () => number
}

export const residentBytes = (group: number): number => usageOf([group])[0]?.residentBytes ?? 0

/** Linux keeps the peak itself, between two looks of ours too; elsewhere the looks have to do. */
export const watchPeak = (group: number): Peak => {
  forgetPeak(group)
  const beforeBytes = residentBytes(group)
  let largest = beforeBytes
  const look = (): void => {
    largest = Math.max(largest, residentBytes(group), keptPeak(group))
  }
  const timer = setInterval(look, SAMPLE_MS)
  return {
    beforeBytes,
    end: () => {
      clearInterval(timer)
      look()
      return largest
    },
  }
}

const forgetPeak = (pid: number): void => {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Not on this system: the peak is then that of its whole life.
  }
}

const keptPeak = (pid: number): number => {
  try {
    return parsePeak(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    // It has ended, or this is not Linux.
    return 0
  }
}

export const parsePeak = (status: string): number => Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024

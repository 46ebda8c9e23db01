/** How many file descriptors this process has open, and may have. Read from /proc; −1 where there is none. */
import { readdirSync, readFileSync } from 'node:fs'

export const openFileDescriptors = (): number => {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return -1
  }
}

export const maxFileDescriptors = (): number => {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? -1)
  } catch {
    return -1
  }
}

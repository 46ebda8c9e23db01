/**
 * One process a data directory. The lock is a file with the holder's pid and, where the system tells it, the holder's
 * start time: pids are given again, in containers almost at once. A lock whose holder is gone is taken over.
 */
import * as fs from 'node:fs/promises'
import * as path from 'node:path'
import { StorageFailure } from './error.js'
import { ioFailure } from './file-system.js'
import { LOCK } from './names.js'

export interface Lock {
  readonly release: () => Promise<void>
}

/** Locks held by this very process: its own pid in a file does not tell a live lock from a stale one. */
const held = new Set<string>()

/** `directory` must exist. Rejects with a StorageFailure of kind Locked when another live process holds the lock. */
export const acquireLock = async (directory: string): Promise<Lock> => {
  const location = path.join(await realPath(directory), LOCK)
  if (held.has(location)) throw new StorageFailure({ kind: 'Locked', path: location, pid: process.pid })
  held.add(location)
  try {
    await take(location)
  } catch (error) {
    held.delete(location)
    throw error
  }
  return {
    release: async () => {
      if (held.delete(location)) await fs.rm(location, { force: true })
    },
  }
}

const ATTEMPTS = 3

const take = async (location: string): Promise<void> => {
  const own = `${process.pid} ${await startOf(process.pid)}`
  // The content is complete before the name appears: nobody ever reads half a lock.
  const candidate = `${location}.${process.pid}`
  try {
    await fs.writeFile(candidate, own)
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (await linkIfFree(candidate, location)) return
      const holder = await fs.readFile(location, 'utf8').catch(() => undefined)
      if (holder === undefined) continue
      const pid = Number(holder.split(' ')[0])
      if (await isHeldBy(pid, holder)) throw new StorageFailure({ kind: 'Locked', path: location, pid })
      await fs.rm(location, { force: true })
    }
    throw new StorageFailure({ kind: 'Locked', path: location, pid: 0 })
  } catch (error) {
    throw failureOf(location, error)
  } finally {
    await fs.rm(candidate, { force: true })
  }
}

const linkIfFree = (from: string, to: string): Promise<boolean> =>
  fs.link(from, to).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'EEXIST') return false
      throw error
    },
  )

const isHeldBy = async (pid: number, lock: string): Promise<boolean> => {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    if (codeOf(error) !== 'EPERM') return false
  }
  const start = await startOf(pid)
  return start === UNKNOWN || lock.endsWith(` ${UNKNOWN}`) || lock === `${pid} ${start}`
}

const UNKNOWN = '-'

/** When the process began: boot and clock ticks since boot, from Linux's /proc. */
const startOf = async (pid: number): Promise<string> => {
  try {
    const boot = (await fs.readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    const status = await fs.readFile(`/proc/${pid}/stat`, 'utf8')
    // The command name stands in parentheses and may hold blanks; start time is the 20th field after it.
    const ticks = status.slice(status.lastIndexOf(')') + 2).split(' ')[19]
    return ticks === undefined ? UNKNOWN : `${boot}/${ticks}`
  } catch {
    return UNKNOWN
  }
}

const realPath = (directory: string): Promise<string> =>
  fs.realpath(directory).catch((error: unknown) => {
    throw failureOf(directory, error)
  })

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined

const failureOf = (location: string, error: unknown): StorageFailure =>
  error instanceof StorageFailure
    ? error
    : ioFailure('lock', location, {
        code: codeOf(error),
        message: error instanceof Error ? error.message : String(error),
      })

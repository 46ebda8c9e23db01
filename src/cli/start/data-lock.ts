/** One `start` a data directory: a file that names the process which has it. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'

/** Left: the id of the living process that holds the directory. Right: gives the directory back. */
export const lockDirectory = (directory: string): Either<number, () => void> => {
  mkdirSync(directory, { recursive: true })
  const file = path.join(directory, 'start.lock')
  const own = `${file}.${process.pid}`
  // Written elsewhere, then linked: the lock appears with its content or not at all.
  writeFileSync(own, String(process.pid))
  try {
    const holder = tryLink(own, file) ? undefined : readHolder(file)
    if (holder !== undefined && isAlive(holder)) return left(holder)
    if (holder !== undefined) {
      rmSync(file, { force: true })
      if (!tryLink(own, file)) return left(readHolder(file))
    }
    return right(() => rmSync(file, { force: true }))
  } finally {
    rmSync(own, { force: true })
  }
}

const tryLink = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** 0 when nobody can be read from it; process 0 is nobody. */
const readHolder = (file: string): number => {
  try {
    return Number(readFileSync(file, 'utf8')) || 0
  } catch {
    return 0
  }
}

const isAlive = (pid: number): boolean => {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

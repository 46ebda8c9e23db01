/**
 * The few file operations that storage needs, as a port: the tests put a disk behind it that loses, tears and refuses.
 *
 * Every operation rejects with a StorageFailure of kind Io and with nothing else.
 */
import * as fs from 'node:fs'
import * as path from 'node:path'
import { StorageFailure } from './error.js'

export interface FileSystem {
  /** Names in a directory, in no order. */
  readonly list: (directory: string) => Promise<readonly string[]>
  /** With parents; their entries are made durable. No error when it exists. */
  readonly makeDirectory: (directory: string) => Promise<void>
  /** `create`: read and write, must not exist. `replace`: read and write, emptied. `update`: read and write, must exist. */
  readonly open: (path: string, mode: OpenMode) => Promise<File>
  readonly rename: (from: string, to: string) => Promise<void>
  /** No error when it does not exist. */
  readonly remove: (path: string) => Promise<void>
  /** Makes creations, renames and removals in it durable. */
  readonly syncDirectory: (directory: string) => Promise<void>
}

export type OpenMode = 'create' | 'replace' | 'update'

export interface File {
  readonly path: string
  readonly size: () => Promise<number>
  /** Bytes read; fewer than `length` at the end of the file only. */
  readonly read: (target: Uint8Array, length: number, position: number) => Promise<number>
  /** Writes all `length` bytes. */
  readonly write: (source: Uint8Array, length: number, position: number) => Promise<void>
  /** Sets the size; bytes that this adds are zero. */
  readonly truncate: (size: number) => Promise<void>
  /** Makes the content and the size durable. */
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens an existing file, and closes it whatever happens. */
export const withFile = async <A>(
  fileSystem: FileSystem,
  location: string,
  use: (file: File) => Promise<A>,
): Promise<A> => {
  const file = await fileSystem.open(location, 'update')
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

const FLAGS: Readonly<Record<OpenMode, string>> = { create: 'wx+', replace: 'w+', update: 'r+' }

/**
 * What is made here is for the server's own user: snapshots and logs hold data that access control lists protect, and
 * session ids, from which passwords follow. What is there already keeps its mode.
 */
export const FILE_MODE = 0o600
export const DIRECTORY_MODE = 0o700

/** The operating system's files, by asynchronous calls: none blocks the event loop. */
export const nodeFileSystem: FileSystem = {
  list: (directory) => call('list', directory, (done) => fs.readdir(directory, done)),
  makeDirectory: (directory) => makeDirectory(path.resolve(directory)),
  open: async (path, mode) => {
    const descriptor = await call<number>('open', path, (done) => fs.open(path, FLAGS[mode], FILE_MODE, done))
    return nodeFile(path, descriptor)
  },
  rename: (from, to) => call('rename', from, (done) => fs.rename(from, to, done)),
  remove: (path) => call('remove', path, (done) => fs.rm(path, { force: true }, done)),
  syncDirectory: async (directory) => {
    const descriptor = await call<number>('open', directory, (done) => fs.open(directory, 'r', done))
    try {
      await call('fsync', directory, (done) => fs.fsync(descriptor, done))
    } finally {
      await call('close', directory, (done) => fs.close(descriptor, done))
    }
  },
}

const nodeFile = (path: string, descriptor: number): File => {
  /** Repeats a system call that may move fewer bytes than asked for, until it moves none. */
  const transfer = async (length: number, move: (moved: number) => Promise<number>): Promise<number> => {
    let moved = 0
    while (moved < length) {
      const count = await move(moved)
      if (count === 0) break
      moved += count
    }
    return moved
  }
  return {
    path,
    size: async () => (await call<fs.Stats>('stat', path, (done) => fs.fstat(descriptor, done))).size,
    read: (target, length, position) =>
      transfer(length, (moved) =>
        call('read', path, (done) => fs.read(descriptor, target, moved, length - moved, position + moved, done)),
      ),
    write: async (source, length, position) => {
      const written = await transfer(length, (moved) =>
        call('write', path, (done) => fs.write(descriptor, source, moved, length - moved, position + moved, done)),
      )
      if (written < length) throw ioFailure('write', path, { code: 'EIO', message: `${written} of ${length} bytes` })
    },
    truncate: (size) => call('truncate', path, (done) => fs.ftruncate(descriptor, size, done)),
    sync: () => call('fdatasync', path, (done) => fs.fdatasync(descriptor, done)),
    close: () => call('close', path, (done) => fs.close(descriptor, done)),
  }
}

/**
 * The directory of that absolute path, and the parents it lacks, one after the other from the top: each step makes one
 * entry of a parent that exists, and makes it durable. There are as many steps as the path has names, so it ends.
 */
const makeDirectory = async (directory: string): Promise<void> => {
  const missing: string[] = []
  for (let wanted = directory; !(await makeOne(wanted)); wanted = path.dirname(wanted)) {
    // The root has no parent that might be missing: this gives the error its name.
    if (path.dirname(wanted) === wanted) throw ioFailure('create directory', wanted, NO_ROOT)
    missing.push(wanted)
  }
  for (const wanted of missing.reverse())
    if (!(await makeOne(wanted))) throw ioFailure('create directory', wanted, VANISHED)
}

const NO_ROOT = { code: 'ENOENT', message: 'there is no root' }
const VANISHED = { code: 'ENOENT', message: 'its parent has vanished' }

/** False: its parent is missing. A directory that is new is durable on return; it may exist already. */
const makeOne = async (directory: string): Promise<boolean> => {
  const outcome = await new Promise<NodeJS.ErrnoException | null>((resolve) =>
    fs.mkdir(directory, { mode: DIRECTORY_MODE }, resolve),
  )
  if (outcome === null) {
    await nodeFileSystem.syncDirectory(path.dirname(directory))
    return true
  }
  if (outcome.code === 'ENOENT') return false
  // EEXIST, and what a file system that takes no new names (EROFS, EACCES, EPERM) says of one that is there.
  if (await isDirectory(directory)) return true
  throw ioFailure('create directory', directory, outcome)
}

const isDirectory = (location: string): Promise<boolean> =>
  new Promise((resolve) => fs.stat(location, (error, found) => resolve(error === null && found.isDirectory())))

type Done<A> = (error: NodeJS.ErrnoException | null, value?: A) => void

const call = <A>(operation: string, path: string, start: (done: Done<A>) => void): Promise<A> =>
  new Promise((resolve, reject) => {
    start((error, value) => {
      if (error) reject(ioFailure(operation, path, error))
      // Without an error node passes the value that the operation promises; those without a value are Promise<void>.
      else resolve(value as A)
    })
  })

export const ioFailure = (
  operation: string,
  path: string,
  error: { readonly code?: string | undefined; readonly message: string },
): StorageFailure =>
  new StorageFailure({ kind: 'Io', operation, path, code: error.code ?? 'unknown', reason: error.message })

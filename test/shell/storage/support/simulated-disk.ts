/**
 * A disk in memory that keeps apart what was written and what is durable, crashes after any operation, and refuses.
 *
 * Nothing is assumed that fsync does not promise: of the operations on a file or a directory since its last sync, a
 * crash keeps any of them, a write also by halves.
 */
import * as path from 'node:path'
import type { File, FileSystem } from '../../../../src/shell/storage/file-system.js'
import { ioFailure } from '../../../../src/shell/storage/file-system.js'

type Content = Uint8Array

interface Inode {
  current: Content
  durable: Content
  /** Changes since the last sync; a fraction below 1 tears a write. */
  pending: ((content: Content, fraction: number) => Content)[]
}

interface Directory {
  current: Map<string, Inode>
  durable: Map<string, Inode>
  pending: ((entries: Map<string, Inode>) => void)[]
}

/** What a crash keeps of each pending change: 1 all, 0 nothing, between: the first part of a write. */
export type Survival = () => number

export const keepAll: Survival = () => 1
export const loseUnsynced: Survival = () => 0

/** Any subset, from a seed. */
export const keepSome = (seed: number): Survival => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const choice = (state >>> 8) % 3
    return choice === 0 ? 0 : choice === 1 ? 1 : ((state >>> 16) % 100) / 100
  }
}

export interface SimulatedDisk extends FileSystem {
  /** Names and sizes, for messages. */
  readonly listing: () => readonly string[]
  readonly operations: () => number
  /** Lets the operation with this number (from 1) happen, then none any more. */
  readonly crashAfter: (operation: number) => void
  /** The next operations with this name on a path that contains `part` are refused. */
  readonly refuse: (operation: string, part: string, code: string) => void
  /** A planted fault: from now on sync says yes and does nothing. */
  readonly lieAboutSync: (what: 'files' | 'directories') => void
  /** The disk as the next process on the same, still running machine finds it: synced or not, everything is there. */
  readonly nextProcess: () => SimulatedDisk
  /** The disk as a restarted machine finds it. */
  readonly restart: (survival: Survival) => SimulatedDisk
  readonly read: (location: string) => Uint8Array
  readonly put: (location: string, content: Uint8Array) => void
}

const resize = (content: Content, size: number): Content => {
  const result = new Uint8Array(size)
  result.set(content.subarray(0, size))
  return result
}

export const makeDisk = (directories = new Map<string, Directory>()): SimulatedDisk => {
  let operations = 0
  let limit = Infinity
  const refused: { readonly operation: string; readonly part: string; readonly code: string }[] = []
  const lies = new Set<string>()

  const perform = async <A>(operation: string, location: string, act: () => A): Promise<A> => {
    // As with a real disk, the answer comes later.
    await Promise.resolve()
    if (operations >= limit) throw ioFailure(operation, location, { code: 'ECRASH', message: 'the machine is off' })
    const refusal = refused.find((each) => each.operation === operation && location.includes(each.part))
    if (refusal !== undefined) throw ioFailure(operation, location, { code: refusal.code, message: 'refused' })
    operations += 1
    return act()
  }

  const directoryOf = (location: string): Directory => {
    const directory = directories.get(location)
    if (directory === undefined) throw ioFailure('open', location, { code: 'ENOENT', message: 'no such directory' })
    return directory
  }

  const change = (directory: Directory, apply: (entries: Map<string, Inode>) => void): void => {
    apply(directory.current)
    directory.pending.push(apply)
  }

  const inodeAt = (location: string): Inode | undefined =>
    directories.get(path.dirname(location))?.current.get(path.basename(location))

  const fileOf = (location: string, inode: Inode): File => {
    const alter = (apply: (content: Content, fraction: number) => Content): void => {
      inode.current = apply(inode.current, 1)
      inode.pending.push(apply)
    }
    return {
      path: location,
      size: () => Promise.resolve(inode.current.length),
      read: (target, length, position) => {
        const part = inode.current.subarray(position, position + length)
        target.set(part)
        return Promise.resolve(part.length)
      },
      write: (source, length, position) => {
        const bytes = source.slice(0, length)
        return perform('write', location, () =>
          alter((content, fraction) => {
            const torn = bytes.subarray(0, Math.floor(bytes.length * fraction))
            const result = resize(content, Math.max(content.length, position + torn.length))
            result.set(torn, position)
            return result
          }),
        )
      },
      truncate: (size) => perform('truncate', location, () => alter((content) => resize(content, size))),
      sync: () =>
        perform('sync', location, () => {
          if (lies.has('files')) return
          inode.durable = inode.current
          inode.pending = []
        }),
      close: () => Promise.resolve(),
    }
  }

  return {
    listing: () =>
      [...directories].flatMap(([name, { current }]) =>
        [...current].map(([file, { current: content }]) => `${path.join(name, file)} ${content.length}`),
      ),
    operations: () => operations,
    crashAfter: (operation) => (limit = operation),
    refuse: (operation, part, code) => void refused.push({ operation, part, code }),
    lieAboutSync: (what) => void lies.add(what),
    read: (location) => inodeAt(location)?.current ?? new Uint8Array(0),
    put: (location, content) => {
      const inode: Inode = { current: content, durable: content, pending: [] }
      const directory = directoryOf(path.dirname(location))
      directory.current.set(path.basename(location), inode)
      directory.durable.set(path.basename(location), inode)
    },
    nextProcess: () => makeDisk(directories),
    restart: (survival) => {
      const inodes = new Map<Inode, Inode>()
      const survivor = (inode: Inode): Inode => {
        const known = inodes.get(inode)
        if (known !== undefined) return known
        const content = inode.pending.reduce((result, apply) => {
          const fraction = survival()
          return fraction === 0 ? result : apply(result, fraction)
        }, inode.durable)
        const fresh: Inode = { current: content, durable: content, pending: [] }
        inodes.set(inode, fresh)
        return fresh
      }
      const survivors = [...directories].map(([name, directory]): [string, Directory] => {
        const entries = new Map(directory.durable)
        for (const apply of directory.pending) if (survival() > 0) apply(entries)
        const fresh = new Map([...entries].map(([file, inode]) => [file, survivor(inode)]))
        return [name, { current: fresh, durable: new Map(fresh), pending: [] }]
      })
      return makeDisk(new Map(survivors))
    },
    list: (directory) => perform('list', directory, () => [...directoryOf(directory).current.keys()]),
    makeDirectory: (directory) =>
      perform('makeDirectory', directory, () => {
        for (let each = directory; !directories.has(each); each = path.dirname(each)) {
          directories.set(each, { current: new Map(), durable: new Map(), pending: [] })
        }
      }),
    open: (location, mode) =>
      perform('open', location, () => {
        const existing = inodeAt(location)
        if (mode === 'update' && existing === undefined) {
          throw ioFailure('open', location, { code: 'ENOENT', message: 'no such file' })
        }
        if (mode === 'create' && existing !== undefined) {
          throw ioFailure('open', location, { code: 'EEXIST', message: 'the file exists' })
        }
        if (existing !== undefined) {
          const file = fileOf(location, existing)
          if (mode === 'replace') {
            existing.pending.push(() => new Uint8Array(0))
            existing.current = new Uint8Array(0)
          }
          return file
        }
        const inode: Inode = { current: new Uint8Array(0), durable: new Uint8Array(0), pending: [] }
        change(directoryOf(path.dirname(location)), (entries) => entries.set(path.basename(location), inode))
        return fileOf(location, inode)
      }),
    rename: (from, to) =>
      perform('rename', from, () => {
        const inode = inodeAt(from)
        if (inode === undefined) throw ioFailure('rename', from, { code: 'ENOENT', message: 'no such file' })
        change(directoryOf(path.dirname(from)), (entries) => {
          entries.delete(path.basename(from))
          entries.set(path.basename(to), inode)
        })
      }),
    remove: (location) =>
      perform('remove', location, () => {
        const directory = directories.get(path.dirname(location))
        if (directory === undefined || inodeAt(location) === undefined) return
        change(directory, (entries) => entries.delete(path.basename(location)))
      }),
    syncDirectory: (directory) =>
      perform('syncDirectory', directory, () => {
        if (lies.has('directories')) return
        const each = directoryOf(directory)
        each.durable = new Map(each.current)
        each.pending = []
      }),
  }
}

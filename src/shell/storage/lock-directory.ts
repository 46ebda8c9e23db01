/**
 * A directory in which owners are told by listening UNIX sockets. The kernel says who lives: it closes the socket with
 * its process, whether or not a parent has noticed its end, and it knows a socket by its file, from whatever network or
 * process namespace it is asked. It does not know sockets of another host on a shared file system.
 */
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs/promises'
import * as net from 'node:net'
import * as os from 'node:os'
import * as path from 'node:path'
import { StorageFailure } from './error.js'
import { FILE_MODE, ioFailure } from './file-system.js'
import type { LockDirectory, Presence } from './lock-generations.js'
import { announcedPrefix } from './lock-generations.js'

/** A LockDirectory in the file system, with what an owner needs beside it. */
export interface SocketDirectory extends LockDirectory {
  /** Tells files apart that have had one name: of the announced socket, or of a name now; undefined: there is none. */
  readonly identity: (name: string) => Promise<string | undefined>
  /** Ends what was needed to reach the directory; what listens goes on. */
  readonly close: () => Promise<void>
}

/** Systems cut or refuse the path of a socket that is longer, with its final zero: 104 bytes on some, 108 on Linux. */
export const MAXIMUM_SOCKET_PATH_BYTES = 103

/** A live owner answers at once, from the kernel; what takes longer lives, too. */
const PROBE_LIMIT_MS = 2000

export const openSocketDirectory = async (directory: string, base: string): Promise<SocketDirectory> => {
  const reach = await reachOf(directory, base)
  let server: net.Server | undefined
  const attempt = <A>(operation: string, name: string, work: () => Promise<A>): Promise<A> =>
    work().catch((error: unknown) => {
      throw failureOf(operation, path.join(directory, name), error)
    })
  return {
    list: () => attempt('list', '', () => fs.readdir(directory)),
    probe: (name) => attempt('connect', name, () => probe(reach.socketPath(name))),
    announce: async () => {
      const name = `${announcedPrefix(base)}${randomBytes(UNIQUE_BYTES).toString('hex')}`
      server = await attempt('bind a socket', name, () => listen(reach.socketPath(name)))
      await attempt('change the mode', name, () => fs.chmod(path.join(directory, name), FILE_MODE).catch(unlessGone))
      return name
    },
    link: (from, to) =>
      attempt('link', to, () =>
        fs.link(path.join(directory, from), path.join(directory, to)).then(
          () => 'linked' as const,
          (error: unknown) => {
            if (codeOf(error) === 'EEXIST') return 'taken' as const
            if (codeOf(error) === 'ENOENT') return 'gone' as const
            throw error
          },
        ),
      ),
    remove: (name) => attempt('remove', name, () => fs.rm(path.join(directory, name), { force: true })),
    withdraw: async () => {
      // The descriptor is closed by the time this returns; connections have been closed as they came.
      server?.close()
      server = undefined
    },
    leave: (name) =>
      attempt('rename', name, async () => {
        const plain = path.join(directory, `${announcedPrefix(base)}${randomBytes(UNIQUE_BYTES).toString('hex')}`)
        await fs.writeFile(plain, '', { mode: FILE_MODE, flag: 'wx' })
        await fs.rename(plain, path.join(directory, name))
      }),
    identity: (name) =>
      attempt('stat', name, async () => {
        const found = await fs.lstat(path.join(directory, name), { bigint: true }).catch((error: unknown) => {
          if (codeOf(error) === 'ENOENT') return undefined
          throw error
        })
        return found === undefined ? undefined : `${found.dev}:${found.ino}`
      }),
    close: reach.close,
  }
}

const UNIQUE_BYTES = 8

interface Reach {
  readonly socketPath: (name: string) => string
  readonly close: () => Promise<void>
}

/** A path to the directory that is short enough for sockets in it. */
const reachOf = async (directory: string, base: string): Promise<Reach> => {
  const longest = `${announcedPrefix(base)}${'0'.repeat(2 * UNIQUE_BYTES)}`
  const fits = (name: string): boolean => Buffer.byteLength(path.join(name, longest)) <= MAXIMUM_SOCKET_PATH_BYTES
  if (fits(directory)) return { socketPath: (name) => path.join(directory, name), close: async () => undefined }
  const handle = await fs.open(directory, 'r').catch((error: unknown) => {
    throw failureOf('open', directory, error)
  })
  const own = `/proc/self/fd/${handle.fd}`
  const isThere = await fs.readlink(own).then(
    () => true,
    () => false,
  )
  if (isThere) return { socketPath: (name) => path.join(own, name), close: () => handle.close() }
  await handle.close()
  const temporary = await fs.mkdtemp(path.join(os.tmpdir(), 'zab-lock-')).catch((error: unknown) => {
    throw failureOf('create directory', os.tmpdir(), error)
  })
  const short = path.join(temporary, 'd')
  await fs.symlink(directory, short)
  return {
    socketPath: (name) => path.join(short, name),
    close: () => fs.rm(temporary, { recursive: true, force: true }),
  }
}

/** Closes whoever connects: that it could is the answer. Neither the socket nor a connection keeps the process alive. */
const listen = (socketPath: string): Promise<net.Server> =>
  new Promise((resolve, reject) => {
    const server = net.createServer({ pauseOnConnect: true }, (socket) => {
      socket.on('error', () => undefined)
      socket.unref()
      socket.destroy()
    })
    server.once('error', reject)
    server.listen({ path: socketPath, exclusive: true }, () => {
      server.off('error', reject)
      // Descriptors may be short for a while; whoever asks is then kept waiting in the kernel, which is an answer, too.
      server.on('error', () => undefined)
      server.unref()
      resolve(server)
    })
  })

const probe = (socketPath: string): Promise<Presence> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(socketPath)
    const timer = setTimeout(() => end('live'), PROBE_LIMIT_MS)
    const end = (presence: Presence): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(presence)
    }
    socket.once('connect', () => end('live'))
    socket.on('error', (error) => {
      switch (codeOf(error)) {
        // No socket at all, or one whose process is gone.
        case 'ECONNREFUSED':
          return end('dead')
        case 'ENOENT':
          return end('absent')
        // It stopped listening at this moment: what is there now, another look will tell.
        case 'ECONNRESET':
          return end('absent')
        // The queue of a live owner is full.
        case 'EAGAIN':
          return end('live')
        default:
          clearTimeout(timer)
          socket.destroy()
          return reject(error)
      }
    })
  })

/** An owner that was cleaning up took it for a dead one's: `link` will say so. */
const unlessGone = (error: unknown): void => {
  if (codeOf(error) !== 'ENOENT') throw error
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined

/** What a file system answers that has no sockets, or no second names for them. */
const UNSUPPORTED: ReadonlySet<string | undefined> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'EMLINK'])

const failureOf = (operation: string, location: string, error: unknown): StorageFailure => {
  if (error instanceof StorageFailure) return error
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  return (operation === 'bind a socket' || operation === 'link') && UNSUPPORTED.has(code)
    ? new StorageFailure({ kind: 'LockUnsupported', path: location, code: code ?? '', operation })
    : ioFailure(operation, location, { code, message })
}

/** Opening a TCP port, and the two ways to end a connection. */
import { createServer, type Server, type Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { limits } from '../server/limits.js'
import { type Address, showAddress } from './address.js'

/** An open port. */
export interface Listener {
  /** The port really taken: useful when 0 was asked for. */
  readonly port: number
  /** Accepts no more; connections already accepted stay. */
  readonly close: () => void
}

/**
 * Opens a port and hands every accepted socket, with Nagle's delay off, to `accepted`.
 * Left: why it cannot be opened, in words.
 */
export const listen = (
  address: Address,
  accepted: (socket: Socket) => void,
  backlog?: number,
): Promise<E.Either<string, Listener>> =>
  new Promise((resolve) => {
    const server = createServer({ noDelay: true }, accepted)
    server.once('error', (error) => resolve(E.left(`cannot listen on ${showAddress(address)}: ${error.message}`)))
    server.listen({ host: address.host, port: address.port, ...(backlog === undefined ? {} : { backlog }) }, () => {
      server.removeAllListeners('error')
      // A failed accept (no more descriptors, say) concerns that one connection only.
      server.on('error', () => undefined)
      resolve(E.right({ port: portOf(server, address.port), close: () => void server.close() }))
    })
  })

const portOf = (server: Server, asked: number): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : asked
}

/** Where a connection comes from, for the log. */
export const remoteOf = (socket: Socket): string =>
  socket.remoteAddress === undefined
    ? 'unknown address'
    : showAddress({ host: plainIp(socket.remoteAddress), port: socket.remotePort ?? 0 })

/** An IPv4 address that came in over an IPv6 socket, as IPv4. */
export const plainIp = (ip: string): string => (ip.startsWith('::ffff:') ? ip.slice(7) : ip)

/** Cuts a peer that takes nothing of what it is sent for a while. */
export const cutWhenStuck = (socket: Socket): void => {
  const taken = (): number => socket.bytesWritten - socket.writableLength
  let before = taken()
  const check = setInterval(() => {
    if (taken() === before) socket.destroy()
    before = taken()
  }, limits.closeLingerMs)
  socket.once('close', () => clearInterval(check))
}

/** Lets what has been written go out, then closes; cuts a peer that does not read it in time. */
export const endPolitely = (socket: Socket): void => {
  if (socket.destroyed) return
  cutWhenStuck(socket)
  socket.end()
  // Unread input would keep the end of the stream, and with it the close, from being seen.
  socket.resume()
}

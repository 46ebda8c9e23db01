/** Opening a TCP port on every address that a host has, and the two ways to end a connection. */
import { createServer, type Server, type Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { limits } from '../server/limits.js'
import { type Address, showAddress } from './address.js'
import { codeOf } from './problem.js'
import { type Lookup, lookupAll, resolve } from './resolve.js'

/** An open port. */
export interface Listener {
  /** The port really taken, on each of the addresses: useful when 0 was asked for. */
  readonly port: number
  /** The addresses that accept. */
  readonly hosts: readonly string[]
  /** Accepts no more; connections already accepted stay. */
  readonly close: () => void
}

/** Why a port is not open. */
export interface ListenProblem {
  /**
   * `NotYet`: the name or the address is not there, and may come, as in a container whose network is being made.
   * `Never`: somebody must do something first.
   */
  readonly kind: 'NotYet' | 'Never'
  readonly reason: string
}

export interface ListenOptions {
  /** An address that does not accept, while others of the same name do; a connection that could not be accepted. */
  readonly warn: (text: string) => void
  readonly backlog?: number
  readonly lookup?: Lookup
}

/** Opens a port on all addresses of a host, and hands every accepted socket, with Nagle's delay off, to `accepted`. */
export const listen = async (
  { host, port }: Address,
  accepted: (socket: Socket) => void,
  { warn, backlog, lookup = lookupAll }: ListenOptions,
): Promise<E.Either<ListenProblem, Listener>> => {
  const resolved = await resolve(host, lookup)
  if (E.isLeft(resolved)) return E.left({ kind: 'NotYet', reason: cannot({ host, port }, resolved.left) })
  const open = (one: string, onPort: number): Promise<Opened> => openOne(one, onPort, accepted, warn, backlog)
  if (resolved.right.kind === 'Everywhere') return outcomeOf(await openEverywhere(port, open), { host, port }, warn)
  const { addresses } = resolved.right
  // Which port is free on the first address says nothing of the others: another one is asked for.
  for (let attempt = 1; ; attempt++) {
    const opened = await openEach(addresses, port, open)
    const isTaken = opened.some((each) => E.isLeft(each) && each.left.code === 'EADDRINUSE')
    if (port !== 0 || !isTaken || attempt === limits.freePortAttempts) return outcomeOf(opened, { host, port }, warn)
    closeAll(opened)
  }
}

interface Refusal {
  readonly host: string
  readonly code: string
  readonly reason: string
}

type Opened = E.Either<Refusal, { readonly host: string; readonly port: number; readonly server: Server }>

type Open = (host: string, port: number) => Promise<Opened>

/** Where there is IPv6 one socket accepts both families, as Java's do; elsewhere there is IPv4 alone. */
const openEverywhere = async (port: number, open: Open): Promise<readonly Opened[]> => {
  const both = await open('::', port)
  return [E.isLeft(both) && ABSENT.includes(both.left.code) ? await open('0.0.0.0', port) : both]
}

/** One after the other: port 0 is the same on all. */
const openEach = async (hosts: readonly string[], port: number, open: Open): Promise<readonly Opened[]> => {
  const opened: Opened[] = []
  let chosen = port
  for (const host of hosts) {
    const one = await open(host, chosen)
    if (E.isRight(one)) chosen = one.right.port
    opened.push(one)
  }
  return opened
}

/** The machine has no such address, or no such family: not now, or not here. */
const ABSENT: readonly string[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']

const outcomeOf = (
  opened: readonly Opened[],
  asked: Address,
  warn: ListenOptions['warn'],
): E.Either<ListenProblem, Listener> => {
  const servers = opened.flatMap((each) => (E.isRight(each) ? [each.right] : []))
  const refusals = opened.flatMap((each) => (E.isLeft(each) ? [each.left] : []))
  const [first] = servers
  const isAbsent = refusals.every(({ code }) => ABSENT.includes(code))
  if (first === undefined || !isAbsent) {
    closeAll(opened)
    const reason = cannot(asked, refusals.map(({ reason }) => reason).join('; '))
    return E.left({ kind: isAbsent ? 'NotYet' : 'Never', reason })
  }
  for (const { reason } of refusals) warn(cannot(asked, `${reason}; its other addresses accept`))
  return E.right({
    port: first.port,
    hosts: servers.map(({ host }) => host),
    close: () => closeAll(opened),
  })
}

const closeAll = (opened: readonly Opened[]): void => {
  for (const each of opened) if (E.isRight(each)) each.right.server.close()
}

const cannot = (address: Address, reason: string): string => `cannot listen on ${showAddress(address)}: ${reason}`

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there; end it, or give another port',
  EACCES: 'ports below 1024 are for privileged users; give another port',
}

const openOne = (
  host: string,
  port: number,
  accepted: (socket: Socket) => void,
  warn: ListenOptions['warn'],
  backlog: number | undefined,
): Promise<Opened> =>
  new Promise((settle) => {
    const server = createServer({ noDelay: true }, accepted)
    server.once('error', (error) => {
      const code = codeOf(error)
      const remedy = REMEDIES[code]
      settle(E.left({ host, code, reason: remedy === undefined ? error.message : `${error.message}; ${remedy}` }))
    })
    server.listen({ host, port, ...(backlog === undefined ? {} : { backlog }) }, () => {
      server.removeAllListeners('error')
      // A failed accept (no more descriptors, say) concerns that one connection only.
      server.on('error', (error) =>
        warn(`a connection to port ${portOf(server, port)} could not be accepted: ${error.message}`),
      )
      settle(E.right({ host, port: portOf(server, port), server }))
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
export const plainIp = (ip: string): string => (/^::ffff:\d/i.test(ip) && ip.includes('.') ? ip.slice(7) : ip)

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

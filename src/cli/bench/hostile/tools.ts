/** What several items need. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Acl } from '../../../service/acl.js'
import { OPEN } from '../../../service/acl.js'
import type { MultiOperation, Request } from '../../../service/request.js'
import type { Arena, Finding } from './item.js'
import type { RawClient } from './raw-client.js'
import { openClient } from './raw-client.js'

export const MEGABYTE = 1_000_000

/** The size in full, or in the brief form. */
export const sized = ({ brief }: Arena, full: number, small: number): number => (brief ? small : full)

/** Ends early when the time is up. */
export const hold = (arena: Arena, ms: number): Promise<void> =>
  sleep(arena.brief ? Math.min(ms, 1500) : ms, undefined, { signal: arena.signal }).catch(() => undefined)

/** A client of the attacked server. Throws when there is none to be had. */
export const attackedClient = async ({ attacked, signal }: Arena, timeoutMs?: number): Promise<RawClient> => {
  const client = await openClient(attacked.client, signal, timeoutMs)
  if (client === undefined) throw new Error('the attacked server gives no session')
  return client
}

/** Deterministic: equal seeds give equal numbers from 0 to below 2³². */
export const makeRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    const first = Math.imul(state ^ (state >>> 15), state | 1)
    const second = first ^ (first + Math.imul(first ^ (first >>> 7), first | 61))
    return (second ^ (second >>> 14)) >>> 0
  }
}

export const createOf = (path: string, size = 0, acl: readonly Acl[] = OPEN, flags = 0): MultiOperation & Request => ({
  op: 'create',
  path,
  data: new Uint8Array(size),
  acl,
  flags,
})

/** All names as children, many in a multi, each multi below `jute.maxbuffer`. Only what was answered is counted. */
export const createAll = async (
  client: RawClient,
  paths: readonly string[],
  most: number,
  signal: AbortSignal,
): Promise<number> => {
  const UNDER_WAY = 4
  const before = client.answers
  let asked = 0
  for (let start = 0; start < paths.length && !client.isClosed && !signal.aborted; start += most) {
    client.ask({ op: 'multi', operations: paths.slice(start, start + most).map((path) => createOf(path)) })
    await client.flush(signal)
    asked += 1
    await client.answered(before + asked - UNDER_WAY, signal)
  }
  await client.answered(before + asked, signal)
  return Math.min(paths.length, (client.answers - before) * most)
}

export const lengthOf = (paths: readonly string[]): number => paths.reduce((sum, path) => sum + path.length, 0)

export const found = (seen: string, storedBytes = 0, checks: Finding['checks'] = []): Finding => ({
  seen,
  storedBytes,
  checks,
})

export const leaveAll = (clients: readonly RawClient[]): void => {
  for (const client of clients) client.leave()
}

/** How many of them the server has closed. */
export const closedOf = (clients: readonly RawClient[]): number => clients.filter(({ isClosed }) => isClosed).length

/** What the clients of a run ask for: few paths, so that they meet; values that occur once, so that a mix-up shows. */
import type { Random } from '../../../model/world/random.js'
import { pick } from '../../../model/world/random.js'
import { OPEN } from '../../../src/service/acl.js'
import type { MultiOperation } from '../../../src/service/request.js'
import type { Reply } from '../../../src/service/response.js'
import type { ClientRequest, RecordingClient } from './client.js'

const NODES = 6
const CHILDREN = 4
const EPHEMERALS = 5
/** Requests at once, and milliseconds between them; a client is hurried for its whole life, or not. */
const PIPELINE = 12
const HURRIED_PIPELINE = 60
const THINKING_MS = [5, 60] as const
const HURRIED_MS = [0, 10] as const
const EPHEMERAL = 1
const SEQUENTIAL = 2

/** Parents of what is created with a sequence number. */
export const QUEUES = ['/queue', '/members'] as const

export interface Workload {
  /** Asks and waits, until `isOver`; the number of requests is bounded by it. */
  readonly run: (isOver: () => boolean, pause: (ms: number) => Promise<void>) => Promise<void>
}

export const makeWorkload = (client: RecordingClient, name: string, random: Random): Workload => {
  let value = 0
  /** Sequential nodes that exist, as far as this client has heard. */
  let entries: readonly string[] = []
  const versions = new Map<string, number>()

  const bytes = (): Uint8Array => new TextEncoder().encode(`${name}.${(value += 1)}`)
  const chance = (percent: number): boolean => random.below(100) < percent
  const plainPath = (): string => {
    const node = `/n${random.below(NODES)}`
    return chance(50) ? node : `${node}/c${random.below(CHILDREN)}`
  }
  const path = (): string =>
    chance(25) ? `/e${random.below(EPHEMERALS)}` : chance(15) && entries[0] !== undefined ? entries[0] : plainPath()
  const version = (of: string): number => (chance(50) ? (versions.get(of) ?? 0) : -1)

  const create = (): Extract<MultiOperation, { readonly flags: number }> => {
    const op = chance(50) ? 'create' : 'create2'
    const node = { op, data: bytes(), acl: OPEN } as const
    switch (random.below(5)) {
      case 0:
        return { ...node, path: `/e${random.below(EPHEMERALS)}`, flags: EPHEMERAL }
      case 1:
        return { ...node, path: `${pick(random, QUEUES)}/s-`, flags: SEQUENTIAL }
      case 2:
        return { ...node, path: '/members/m-', flags: SEQUENTIAL + EPHEMERAL }
      default:
        return { ...node, path: plainPath(), flags: 0 }
    }
  }
  const remove = (): Extract<MultiOperation, { readonly op: 'delete' }> => {
    const at = chance(60) && entries.length > 0 ? (entries[random.below(entries.length)] ?? '/') : path()
    return { op: 'delete', path: at, version: version(at) }
  }
  const setData = (): Extract<MultiOperation, { readonly op: 'setData' }> => {
    const at = path()
    return { op: 'setData', path: at, data: chance(5) ? null : bytes(), version: version(at) }
  }
  const part = (): MultiOperation => {
    const at = path()
    return pick(random, [
      create,
      remove,
      setData,
      (): MultiOperation => ({ op: 'check', path: at, version: version(at) }),
    ])()
  }
  const next = (): ClientRequest => {
    const dice = random.below(100)
    const watch = chance(30)
    if (dice < 20) return create()
    if (dice < 40) return setData()
    if (dice < 55) return remove()
    if (dice < 63) return { op: 'multi', operations: Array.from({ length: random.between(1, 4) }, part) }
    if (dice < 75) return { op: 'getData', path: path(), watch }
    if (dice < 85) return { op: 'exists', path: path(), watch }
    if (dice < 94)
      return {
        op: chance(50) ? 'getChildren' : 'getChildren2',
        path: chance(50) ? pick(random, QUEUES) : path(),
        watch,
      }
    return dice < 99 ? { op: 'sync', path: '/' } : { op: 'closeSession' }
  }

  const learn = (request: ClientRequest, reply: Reply | undefined): void => {
    const body = reply?.body
    if (body === undefined) return
    if ('stat' in body && 'path' in request) versions.set(request.path, body.stat.version)
    if (
      (body.op === 'getChildren' || body.op === 'getChildren2') &&
      'path' in request &&
      QUEUES.some((q) => q === request.path)
    )
      entries = Array.from(body.children, (child) => `${request.path}/${child}`)
  }
  const ask = async (): Promise<void> => {
    const request = next()
    learn(request, await client.call(request))
  }

  const isHurried = chance(15)
  const pipeline = isHurried ? HURRIED_PIPELINE : PIPELINE
  const thinkingMs: readonly [number, number] = isHurried ? HURRIED_MS : THINKING_MS
  return {
    run: async (isOver, pause) => {
      while (!isOver()) {
        await client.ready()
        await Promise.all(Array.from({ length: chance(40) ? random.between(2, pipeline) : 1 }, ask))
        await pause(random.between(...thinkingMs))
      }
    },
  }
}

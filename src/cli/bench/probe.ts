/** One writer to each server, one write at a time, connecting again as often as need be: is the ensemble writable? */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Zxid } from '../../core/zxid.js'
import type { Address } from '../../shell/configuration/server-configuration.js'
import type { Session } from './load/session.js'
import { openSession } from './load/session.js'

/** A server that neither serves nor refuses is left after this time. */
const ATTEMPT_LIMIT_MS = 2000
const RETRY_MS = 10

export interface Acknowledgement {
  readonly atMs: number
  readonly zxid: Zxid
}

/** Writes until the first acknowledgement for which `isLast`, and resolves to it; rejects after `limitMs`. */
export const writeUntil = async (
  addresses: readonly Address[],
  isLast: (acknowledgement: Acknowledgement) => boolean,
  limitMs: number,
  stop: AbortSignal,
): Promise<Acknowledgement> => {
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, stop, AbortSignal.timeout(limitMs)])
  let last: Acknowledgement | undefined
  const onAcknowledged = (acknowledgement: Acknowledgement): void => {
    if (last !== undefined || !isLast(acknowledgement)) return
    last = acknowledgement
    over.abort()
  }
  await Promise.all(addresses.map((address) => write(address, onAcknowledged, signal)))
  if (last === undefined) throw new Error(stop.aborted ? 'interrupted' : `no write within ${limitMs / 1000} s`)
  return last
}

const write = async (
  address: Address,
  onAcknowledged: (acknowledgement: Acknowledgement) => void,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    const session = await openSession(address, ATTEMPT_LIMIT_MS).catch(() => undefined)
    if (session !== undefined) await writeOn(session, onAcknowledged, signal).catch(() => undefined)
    session?.destroy()
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** Returns when the session is closed at the end; rejects when it breaks. */
const writeOn = async (
  session: Session,
  onAcknowledged: (acknowledgement: Acknowledgement) => void,
  signal: AbortSignal,
): Promise<void> => {
  const data = new Uint8Array(0)
  while (!signal.aborted) {
    const timer = setTimeout(() => session.destroy(), ATTEMPT_LIMIT_MS)
    const { error, zxid } = await session
      .call({ op: 'setData', path: '/', data, version: -1 })
      .finally(() => clearTimeout(timer))
    if (error !== 0) return
    onAcknowledged({ atMs: performance.now(), zxid })
  }
  // Left behind, it would expire during what is measured next.
  await session.call({ op: 'closeSession' })
}

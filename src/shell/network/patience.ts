/**
 * Listening where the network is still being made: in a container the own name may resolve, and its address exist, only
 * some time after the process has started.
 */
import { setTimeout as sleepFor } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { limits } from '../server/limits.js'
import type { Log } from '../server/log.js'
import type { Listener, ListenProblem } from './listener.js'

export type NotListening =
  | { readonly kind: 'Refused'; readonly reason: string }
  /** The signal ended the waiting. */
  | { readonly kind: 'Stopped' }

/** Resolves when the time is over or the signal is given. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

const sleepUnlessStopped: Sleep = (ms, signal) => sleepFor(ms, undefined, { signal }).catch(() => undefined)

/**
 * Opens, and tries again while that may help: `limits.listenWaitMs` in all, one line at the first failure and one at
 * the end.
 */
export const listenPatiently = async (
  open: () => Promise<E.Either<ListenProblem, Listener>>,
  stopping: AbortSignal,
  log: Log,
  sleep: Sleep = sleepUnlessStopped,
): Promise<E.Either<NotListening, Listener>> => {
  const { listenWaitMs, listenAgainMs } = limits
  const most = Math.ceil(listenWaitMs / listenAgainMs)
  for (let failures = 0; ; failures++) {
    const opened = await openUnlessStopped(open, stopping)
    if (opened === undefined) return E.left({ kind: 'Stopped' })
    if (E.isRight(opened)) {
      if (failures > 0) log.info(`listening on ${opened.right.hosts.join(', ')}, port ${opened.right.port}`)
      return opened
    }
    const { kind, reason } = opened.left
    if (kind === 'Never') return E.left({ kind: 'Refused', reason })
    if (failures === most)
      return E.left({
        kind: 'Refused',
        reason: `${reason}; given up after ${listenWaitMs / 1000} s: is it the name of this machine?`,
      })
    if (failures === 0) log.warn(`${reason}; trying again for ${listenWaitMs / 1000} s`)
    await sleep(listenAgainMs, stopping)
  }
}

/** Undefined once the signal is given: a name server that does not answer cannot hold up the end. */
const openUnlessStopped = (
  open: () => Promise<E.Either<ListenProblem, Listener>>,
  stopping: AbortSignal,
): Promise<E.Either<ListenProblem, Listener> | undefined> =>
  new Promise((settle, fail) => {
    if (stopping.aborted) return settle(undefined)
    const stop = (): void => settle(undefined)
    stopping.addEventListener('abort', stop, { once: true })
    open().then((opened) => {
      stopping.removeEventListener('abort', stop)
      if (stopping.aborted && E.isRight(opened)) opened.right.close()
      settle(opened)
    }, fail)
  })

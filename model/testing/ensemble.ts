/**
 * A fake ensemble: real servers on simulated machines, in this process, without sockets or real time. Equal seeds and equal
 * programs give equal runs, and a server dies when it is told to.
 *
 * Time stands still while the program under test computes, and goes on while all of it waits for the ensemble. So the
 * program must wait for nothing else: no sockets, no `setTimeout`; `sleep` is its only clock.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { History } from '../consistency/history.js'
import { checkHistory } from '../consistency/check.js'
import type { Verdict } from '../consistency/verdict.js'
import { violated } from '../consistency/verdict.js'
import type { Program } from '../world/node.js'
import { story } from '../world/story.js'
import type { Client, ClientWithin } from './client.js'
import { makeClient } from './client.js'
import type { Fault } from './fault.js'
import { showFault } from './fault.js'
import { makeMachines } from './machines.js'

export interface EnsembleOptions {
  /** Voters; 3 unless told otherwise. */
  readonly servers?: number
  readonly observers?: number
  readonly seed?: number
  /** What clients ask for; servers grant 1,000 … 10,000 ms. */
  readonly sessionTimeoutMs?: number
  /** Everything travels as ZooKeeper's bytes, cut anywhere; slower. */
  readonly codecs?: boolean
}

export interface ClientOptions {
  /** The server that is tried first. */
  readonly server?: ServerId
}

export interface Ensemble {
  readonly servers: readonly ServerId[]
  readonly client: (options?: ClientOptions) => Client
  /**
   * Lets simulated time pass until the program has ended, and gives what it gave. Fails as it fails; when it has not ended
   * within `limitMs` of simulated time (default: ten minutes); and when the servers themselves break a clause.
   */
  readonly run: <A>(program: () => Promise<A>, limitMs?: number) => Promise<A>
  /** For use within a program. */
  readonly sleep: (ms: number) => Promise<void>
  /** Does it now. */
  readonly inject: (fault: Fault) => void
  /** Ends all faults: links and clients healed, clocks and disks mended, servers restarted. */
  readonly heal: () => void
  readonly isUp: (server: ServerId) => boolean
  readonly leader: () => ServerId | undefined
  readonly nowMs: () => number
  readonly history: () => History
  /** What all clients together saw, and every step of every server, judged: writes linearizable, reads ordered, sessions. */
  readonly verdict: () => Verdict
  /** What happened, in at most twenty lines. */
  readonly story: () => string
  /** Equal for equal runs. */
  readonly fingerprint: () => number
}

const DEFAULT_LIMIT_MS = 600_000
const DEFAULT_TIMEOUT_MS = 4000

/**
 * So many turns of the promise queue are given to the program after each thing that it hears: enough for chains of some
 * dozens of `await`s. A longer chain still runs, and always in the same way; only a little simulated time passes meanwhile.
 */
const TURNS = 64

/** An ensemble at time 0 whose servers have just started. `program`: another server than the real one, a mutant. */
export const makeEnsemble = (options: EnsembleOptions = {}, program?: Program): Ensemble => {
  const { servers: voters = 3, observers = 0, seed = 1, codecs = false } = options
  const machines = makeMachines({ seed, voters, observers, codecs, isRecorded: true }, program)
  const clients: ClientWithin[] = []
  let stampCount = 0
  let isRunning = false
  let isAwake = false
  const wake = (): void => {
    isAwake = true
  }

  const client = ({ server }: ClientOptions = {}): Client => {
    const { servers } = machines
    const made = makeClient({
      machines,
      name: `client ${clients.length}`,
      timeoutMs: options.sessionTimeoutMs ?? DEFAULT_TIMEOUT_MS,
      codecs,
      firstServer: server ?? servers[clients.length % servers.length] ?? 1,
      stamp: () => (stampCount += 1),
      wake,
    })
    clients.push(made)
    return made.client
  }

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      machines.schedule(ms, () => {
        wake()
        resolve()
      })
    })

  /** Goes on until the program has something to do; false when `untilMs` has come first. */
  const advance = (untilMs: number): boolean => {
    isAwake = false
    while (!isAwake) if (!machines.runNext(untilMs)) return false
    return true
  }

  const run = async <A>(start: () => Promise<A>, limitMs = DEFAULT_LIMIT_MS): Promise<A> => {
    if (isRunning) throw new Error('this ensemble runs a program already: wait within it, or use sleep')
    isRunning = true
    try {
      const untilMs = machines.nowMs() + limitMs
      const program = start()
      let hasEnded = false
      const noteEnd = (): void => {
        hasEnded = true
      }
      program.then(noteEnd, noteEnd)
      for (;;) {
        for (let turn = 0; turn < TURNS && !hasEnded; turn += 1) await Promise.resolve()
        if (hasEnded && machines.violation() === undefined) return await program
        if (hasEnded || !advance(untilMs)) throw new Error(whyStopped(limitMs))
      }
    } finally {
      isRunning = false
    }
  }

  const whyStopped = (limitMs: number): string => {
    const violation = machines.violation()
    const why =
      violation === undefined
        ? `the program has not ended within ${limitMs} ms of simulated time`
        : `the servers broke ${violation.clause}: ${violation.what}`
    return `${why}\n${tell()}`
  }

  const inject = (fault: Fault): void => {
    if (fault.kind === 'cutClient' || fault.kind === 'dropClient') {
      machines.note(showFault(fault))
      const session = clients[fault.client % Math.max(1, clients.length)]?.session
      if (fault.kind === 'cutClient') session?.cut()
      else session?.drop()
      return
    }
    machines.inject(fault)
    if (fault.kind === 'heal') for (const { session } of clients) session.heal()
  }

  const heal = (): void => {
    inject({ kind: 'heal' })
    for (const server of machines.servers) {
      inject({ kind: 'mend', server })
      inject({ kind: 'restart', server })
    }
  }

  const history = (): History => ({
    calls: clients.flatMap((each) => each.calls()),
    events: clients.flatMap((each) => each.sightings().events),
    reconnections: clients.flatMap((each) => each.sightings().reconnections),
    commits: machines.commits(),
  })
  const tell = (): string => story(machines.journal())

  return {
    servers: machines.servers,
    client,
    run,
    sleep,
    inject,
    heal,
    isUp: machines.isUp,
    leader: machines.leader,
    nowMs: machines.nowMs,
    history,
    verdict: () => {
      const violation = machines.violation()
      return violation === undefined ? checkHistory(history()) : violated(violation.clause, violation.what)
    },
    story: tell,
    fingerprint: machines.fingerprint,
  }
}

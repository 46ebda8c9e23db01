/** One ensemble under one random schedule, judged at every effect. The seed decides everything. */
import type { Observe } from '../../model/observer.js'
import type { ServerId } from '../../src/core/configuration.js'
import { refinement } from '../../proofs/refinement.js'
import type { Rules } from '../../src/core/rules.js'
import { rules as rulesOfZab } from '../../src/core/rules.js'
import type { TimerName } from '../../src/core/timer.js'
import { Judge } from './judge.js'
import type { Transaction } from './network.js'
import { ensembleOf, Network } from './network.js'
import { randomOf } from './random.js'

export { randomOf } from './random.js'

export interface Outcome {
  readonly violation: string | undefined
  readonly commits: number
  readonly epochs: number
  readonly syncModes: ReadonlySet<string>
  readonly clauses: ReadonlySet<string>
  /** The ensemble at the end. */
  readonly network: Network
}

/** Timers that end something. They fire more rarely than those that make progress. */
const ENDING: ReadonlySet<TimerName> = new Set(['phase.limit', 'liveness', 'leader.ping'])

/** Storm and calm follow each other: faults alone stop all progress, and without progress faults break nothing. */
const MAX_WEATHER_STEPS = 200

/** One random run. Stops at the first violation. */
export const run = (
  seed: number,
  steps: number,
  rules: Rules,
  observers: readonly ServerId[] = [],
  observe: Observe<Transaction> | undefined = rules === rulesOfZab ? refinement() : undefined,
): Outcome => {
  const random = randomOf(seed)
  const voters = random(4) === 0 ? [1, 2, 3, 4, 5] : [1, 2, 3]
  const network = new Network(ensembleOf(voters, observers), { rules, committedWindow: 1 + random(6) })
  network.autoSync = false
  const judge = new Judge(network, voters)
  network.observer = observe?.({
    voters,
    observers,
    report: (clause, what) => {
      judge.violation ??= `${clause}: ${what}`
    },
  })
  const ids = [...voters, ...observers]
  const anyId = (): ServerId => ids[random(ids.length)] ?? 1
  // Swarm: each run has its own mix of faults and speeds.
  const crashRate = random(4) === 0 ? 0 : 2 + random(10)
  const cutRate = random(3) === 0 ? 0 : 1 + random(8)
  const startRate = 3 + random(20)
  const syncRate = 20 + random(80)
  const submitRate = 2 + random(20)
  const timerRate = 10 + random(30)
  let isStorm = false
  let weatherEnds = 0

  const crashSome = (): void => {
    const all = random(6) === 0
    for (const id of all ? ids : [anyId()]) if (network.node(id).isUp) network.crash(id)
  }
  const startOne = (): void => {
    const id = anyId()
    if (!network.node(id).isUp && network.node(id).fatal === undefined) network.start(id)
  }
  const cutSome = (): void => {
    if (random(2) === 0) network.isolate(anyId())
    else network.partition(anyId(), anyId())
  }
  const submitOne = (step: number): void => {
    const leaders = ids.filter((id) => network.node(id).isUp && network.node(id).peer.service.kind === 'Leader')
    const chosen = leaders[random(leaders.length)]
    if (chosen !== undefined) network.submit(chosen, `${seed}/${step}`)
  }
  const fireOne = (): void => {
    const armed = ids.flatMap((id) => [...network.node(id).timers.keys()].map((timer) => ({ id, timer })))
    const chosen = armed[random(armed.length)]
    if (chosen !== undefined && (!ENDING.has(chosen.timer) || random(isStorm ? 4 : 30) === 0))
      network.fire(chosen.id, chosen.timer)
  }

  network.start(...ids)
  for (let step = 0; step < steps && judge.violation === undefined; step++) {
    if (step >= weatherEnds) {
      isStorm = !isStorm && step > 0
      weatherEnds = step + 20 + random(MAX_WEATHER_STEPS)
    }
    let dice = random(300)
    const falls = (rate: number): boolean => (dice -= rate) < 0
    if (falls(isStorm ? crashRate : 0)) crashSome()
    else if (falls(isStorm ? cutRate : 0)) cutSome()
    else if (falls(startRate)) startOne()
    else if (falls(isStorm ? 2 : 10)) network.heal()
    else if (falls(submitRate)) submitOne(step)
    else if (falls(timerRate)) fireOne()
    else if (falls(syncRate)) network.sync(anyId(), 1 + random(4))
    else if (!network.deliver(random) && !network.sync(anyId(), 1 + random(4))) fireOne()
  }
  return {
    violation: judge.violation,
    commits: judge.committed.length,
    epochs: judge.leaders.size,
    syncModes: judge.syncModes,
    clauses: network.clauses,
    network,
  }
}

/**
 * After the faults: all servers are started, all is connected, disks are quick. Does everybody serve again within so many
 * rounds of timers, and deliver what is submitted then? LIVE-1.
 */
export const recovers = (network: Network, rounds = 20): boolean => {
  network.heal()
  network.autoSync = true
  for (const [id, { isUp }] of network.nodes) if (!isUp) network.start(id)
  // A leader that was replaced learns it when it counts its followers.
  for (const [id, { timers }] of network.nodes) if (timers.has('leader.ping')) network.settle().fire(id, 'leader.ping')
  for (let round = 0; round < rounds && !network.elect(3).isServing(); round++) {
    // A leader that serves looks after those who wait as often as they give up (DISC-10).
    for (const [id, { peer, timers }] of network.nodes)
      if (peer.service.kind === 'Leader' && timers.has('phase.limit')) network.fire(id, 'phase.limit').settle()
    // Who waits for somebody that will not come gives up.
    for (const [id, { peer }] of network.nodes)
      if (peer.service.kind === 'NotServing' && peer.role.kind !== 'Looking') network.fire(id, 'phase.limit').settle()
  }
  const leader = network.leader()
  if (leader === undefined) return false
  network.submit(leader, 'after the faults').settle()
  return [...network.nodes.keys()].every((id) => network.deliveredBy(id).at(-1) === 'after the faults')
}

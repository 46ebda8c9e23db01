/** Ensembles of bare cores that are reconfigured, before the judge: servers 1, 2, 3 vote at first, the others may join. */
import { emptyDisk } from '../../../model/alone/settings.js'
import type { Observe } from '../../../model/observer.js'
import { refinement } from '../../../proofs/refinement.js'
import type { ServerId } from '../../../src/core/configuration.js'
import { initial } from '../../../src/core/peer.js'
import type { Rules } from '../../../src/core/rules.js'
import { rules as rulesOfZab } from '../../../src/core/rules.js'
import type { TimerName } from '../../../src/core/timer.js'
import { ensembleOf, Network } from '../../core/network.js'
import { randomOf } from '../../core/random.js'

export const FIRST_VOTERS: readonly ServerId[] = [1, 2, 3]

export interface Judged {
  readonly network: Network
  /** The first objection, as `id: text`. */
  readonly objection: () => string | undefined
}

interface Settings {
  readonly rules?: Rules
  readonly joiners?: readonly ServerId[]
  readonly observe?: Observe<unknown>
  readonly committedWindow?: number
}

/** Nobody has started yet. A joiner has the static file of the others, which does not list it. */
export const judged = ({
  rules = rulesOfZab,
  joiners = [4, 5],
  observe = refinement({ wholeEvery: 10 }),
  committedWindow = 100,
}: Settings = {}): Judged => {
  const ensemble = ensembleOf(FIRST_VOTERS)
  const network = new Network(ensemble, { rules, committedWindow, reconfiguration: 'Enabled' })
  for (const self of joiners) {
    const config = { ...network.node(1).config, self }
    const own = { unsynced: [], timers: new Map<TimerName, number>(), delivered: [], sent: [] }
    network.nodes.set(self, { config, peer: initial(config), isUp: false, disk: emptyDisk, fatal: undefined, ...own })
  }
  let objection: string | undefined
  network.observer = observe({
    voters: FIRST_VOTERS,
    observers: joiners,
    configuration: ensemble,
    report: (id, what) => {
      objection ??= `${id}: ${what}`
    },
  })
  return { network, objection: () => objection }
}

/** RECFG-1: if that server may. */
export const reconfigure = (
  network: Network,
  leader: ServerId,
  voters: readonly ServerId[],
  name: string,
  observers: readonly ServerId[] = [],
): void => {
  const configuration = ensembleOf(voters, observers)
  network.dispatch(leader, { kind: 'Submitted', transaction: name, configuration })
}

export const LEADER = 3
export const NEW_VOTERS: readonly ServerId[] = [3, 4, 5]

/** All five are there, one transaction is committed. */
export const atWork = (using: Rules = rulesOfZab, observe?: Observe<unknown>): Judged => {
  const ensemble = judged({ rules: using, ...(observe === undefined ? {} : { observe }) })
  const { network } = ensemble
  network.start(...FIRST_VOTERS).elect()
  network.submit(LEADER, 'a').settle()
  network.start(4, 5).elect()
  return ensemble
}

/** Messages pass, and only the disks of these servers work. */
export const settleWith = (network: Network, ...working: readonly ServerId[]): void => {
  network.autoSync = false
  network.settle()
  for (let round = 0; round < 5; round++) {
    for (const id of working) network.sync(id)
    network.settle()
  }
  network.autoSync = true
}

/** Proposed at once: 1:2 and 1:3, the reconfiguration 1:4, and 1:5 and 1:6. No disk has worked yet. */
export const aroundTheBorder = (network: Network): void => {
  network.autoSync = false
  for (const name of ['b', 'c']) network.submit(LEADER, name)
  reconfigure(network, LEADER, NEW_VOTERS, 'r')
  for (const name of ['d', 'e']) network.submit(LEADER, name)
  network.settle()
}

/** The new voters are proposed to a working ensemble, and then only some disks work. */
export const proposedWith = (using: Rules, ...working: readonly ServerId[]): Judged => {
  const ensemble = atWork(using)
  ensemble.network.autoSync = false
  reconfigure(ensemble.network, LEADER, NEW_VOTERS, 'r')
  settleWith(ensemble.network, ...working)
  return ensemble
}

export interface Outcome {
  readonly objection: string | undefined
  /** So many transactions have been delivered by somebody. */
  readonly delivered: number
}

/** One random run: the seed decides everything. Faults come as storms, and between them the ensemble may work. */
export const randomRun = (
  seed: number,
  steps: number,
  { rules = rulesOfZab, observe, joiners = [4, 5] }: Settings,
): Outcome => {
  const random = randomOf(seed)
  const settings = { rules, joiners, committedWindow: 1 + random(6), ...(observe === undefined ? {} : { observe }) }
  const { network, objection } = judged(settings)
  network.autoSync = false
  const ids = [...network.nodes.keys()]
  const anyId = (): ServerId => ids[random(ids.length)] ?? 1
  const leaders = (): readonly ServerId[] =>
    ids.filter((id) => network.node(id).isUp && network.node(id).peer.service.kind === 'Leader')
  const fireOne = (isStorm: boolean): void => {
    const armed = ids.flatMap((id) => [...network.node(id).timers.keys()].map((timer) => ({ id, timer })))
    const chosen = armed[random(armed.length)]
    const isEnding = chosen !== undefined && ['phase.limit', 'liveness', 'leader.ping'].includes(chosen.timer)
    if (chosen !== undefined && (!isEnding || random(isStorm ? 4 : 15) === 0)) network.fire(chosen.id, chosen.timer)
  }
  const change = (isStorm: boolean, step: number): void => {
    const [leader] = leaders().slice(random(leaders().length))
    const choice = random(isStorm ? 5 : 3)
    if (choice === 0 && leader !== undefined) {
      const voters = ids.filter(() => random(5) < 3)
      const observers = ids.filter((id) => !voters.includes(id) && random(3) === 0)
      reconfigure(network, leader, voters, `r${step}`, observers)
    }
    if (choice > 0 && choice < 3 && leader !== undefined) network.submit(leader, String(step))
    if (choice === 3) network.crash(anyId())
    if (choice === 4) network.partition(anyId(), anyId())
  }

  network.start(...ids)
  for (let step = 0; step < steps && objection() === undefined; step++) {
    const isStorm = step % 400 > 280
    const dice = random(100)
    const down = anyId()
    if (dice < 4) change(isStorm, step)
    else if (dice < 8 && !network.node(down).isUp && network.node(down).fatal === undefined) network.start(down)
    else if (dice < 10) network.heal()
    else if (dice < 22) fireOne(isStorm)
    else if (dice < 45) network.sync(anyId(), 1 + random(4))
    else if (!network.deliver(random) && !network.sync(anyId(), 1 + random(4))) fireOne(isStorm)
  }
  return { objection: objection(), delivered: network.ledger.length }
}

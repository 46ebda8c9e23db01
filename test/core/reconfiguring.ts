/**
 * An ensemble that changes its configuration under a random schedule. Some servers are no members at first; some are told
 * wrong things by their static files. What is judged: one sequence for all, each commit on the disks of a quorum of the
 * configuration in force and, if it is a reconfiguration, of the new one; nothing activated that was not committed; one
 * leader an epoch.
 */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { Effect } from '../../src/core/effect.js'
import type { Entry } from '../../src/core/message.js'
import { areSame, isQuorum, isVoter, votersOf } from '../../src/core/quorum.js'
import type { Rules } from '../../src/core/rules.js'
import * as S from '../../src/core/sequence.js'
import type { TimerName } from '../../src/core/timer.js'
import * as Z from '../../src/core/zxid.js'
import { Judge } from './judge.js'
import type { Node, Transaction } from './network.js'
import { ensembleOf, Network } from './network.js'
import { randomOf } from './random.js'

export interface Outcome {
  readonly violation: string | undefined
  readonly commits: number
  /** Reconfigurations that were committed. */
  readonly reconfigurations: number
  readonly clauses: ReadonlySet<string>
  readonly network: Network
}

/** The judge of safety.ts, where the quorums change. */
class ReconfigurationJudge extends Judge {
  constructor(
    network: Network,
    readonly first: Configuration,
  ) {
    super(network, votersOf(first.quorums))
  }

  protected override judge(id: ServerId, node: Node, effect: Effect<Transaction>): void {
    super.judge(id, node, effect)
    if (effect.kind === 'Persist' && effect.durable.kind === 'Configuration') this.activation(id, effect.durable)
    if (effect.kind === 'Proposed' && effect.entry.configuration !== undefined) this.alone(id, node, effect.entry)
  }

  /** The committed configuration before the next entry. */
  inForce(): Configuration {
    return this.committed.findLast(({ configuration }) => configuration !== undefined)?.configuration ?? this.first
  }

  /** RECFG-3. */
  protected override isCommittable({ configuration }: Entry<Transaction>, holders: readonly ServerId[]): boolean {
    return [this.inForce(), ...(configuration === undefined ? [] : [configuration])].every(({ quorums }) =>
      isQuorum(quorums, (server) => holders.includes(server)),
    )
  }

  /** RECFG-5, RECFG-9: what is activated was committed, or is what the first members started with. */
  private activation(id: ServerId, { configuration }: { readonly configuration: Configuration }): void {
    const { version, quorums } = configuration
    const origin =
      version.counter === 0 ? this.first : this.committed.find(({ zxid }) => Z.equals(zxid, version))?.configuration
    if (origin === undefined || !areSame([origin.quorums], [quorums]))
      this.fail(`RECFG-5: ${id} activates ${Z.show(version)}, which nobody committed`)
  }

  /** RECFG-1: every reconfiguration before it is committed. */
  private alone(id: ServerId, { peer }: Node, { zxid }: Entry<Transaction>): void {
    const open = S.toArray(peer.history.entries).find(
      (entry) =>
        entry.configuration !== undefined &&
        Z.isBefore(entry.zxid, zxid) &&
        !this.committed.some((committed) => Z.equals(committed.zxid, entry.zxid)),
    )
    if (open !== undefined) this.fail(`RECFG-1: ${id} proposes ${Z.show(zxid)} while ${Z.show(open.zxid)} is open`)
  }
}

const ENDING: ReadonlySet<TimerName> = new Set(['phase.limit', 'liveness', 'leader.ping'])
const MAX_WEATHER_STEPS = 200
export const SERVERS = [1, 2, 3, 4, 5, 6] as const

/** One random run. Stops at the first violation. */
export const run = (
  seed: number,
  steps: number,
  rules: Rules,
  plant: (network: Network) => void = () => undefined,
): Outcome => {
  const random = randomOf(seed)
  const pick = <A>(list: readonly A[]): A | undefined => list[random(list.length)]
  const members = SERVERS.slice(0, 1 + random(3))
  const first = ensembleOf(members)
  const joiners = SERVERS.filter((id) => !members.includes(id)).map(
    // A static file that lists the newcomer itself, as ZooKeeper asks for, or one that does not.
    (id) => [id, random(2) === 0 ? first : ensembleOf([...members, id])] as const,
  )
  const network = new Network(first, {
    rules,
    committedWindow: 1 + random(6),
    reconfiguration: 'Enabled',
    joiners: new Map(joiners),
  })
  network.autoSync = false
  plant(network)
  const judge = new ReconfigurationJudge(network, first)
  const anyId = (): ServerId => pick(SERVERS) ?? 1
  const crashRate = random(4) === 0 ? 0 : 2 + random(10)
  const cutRate = random(3) === 0 ? 0 : 1 + random(8)
  const startRate = 3 + random(20)
  const syncRate = 20 + random(80)
  const submitRate = 2 + random(20)
  const reconfigureRate = 2 + random(15)
  const timerRate = 10 + random(30)
  let isStorm = false
  let weatherEnds = 0

  const leader = (): ServerId | undefined =>
    pick(SERVERS.filter((id) => network.node(id).isUp && network.node(id).peer.service.kind === 'Leader'))
  const reconfigureOne = (step: number): void => {
    const id = leader()
    if (id !== undefined)
      network.reconfigure(id, changed(network.node(id).peer.configuration.committed, random), `${seed}/${step}`)
  }
  const fireOne = (): void => {
    const chosen = pick(SERVERS.flatMap((id) => [...network.node(id).timers.keys()].map((timer) => ({ id, timer }))))
    if (chosen !== undefined && (!ENDING.has(chosen.timer) || random(isStorm ? 4 : 30) === 0))
      network.fire(chosen.id, chosen.timer)
  }

  network.start(...SERVERS)
  for (let step = 0; step < steps && judge.violation === undefined; step++) {
    if (step >= weatherEnds) {
      isStorm = !isStorm && step > 0
      weatherEnds = step + 20 + random(MAX_WEATHER_STEPS)
    }
    let dice = random(300)
    const falls = (rate: number): boolean => (dice -= rate) < 0
    if (falls(isStorm ? crashRate : 0)) {
      for (const id of random(6) === 0 ? SERVERS : [anyId()]) if (network.node(id).isUp) network.crash(id)
    } else if (falls(isStorm ? cutRate : 0)) {
      if (random(2) === 0) network.isolate(anyId())
      else network.partition(anyId(), anyId())
    } else if (falls(startRate)) {
      const id = anyId()
      if (!network.node(id).isUp && network.node(id).fatal === undefined) {
        if (random(3) === 0) network.compact(id)
        network.start(id)
      }
    } else if (falls(isStorm ? 2 : 10)) network.heal()
    else if (falls(submitRate)) network.submit(leader() ?? 1, `${seed}/${step}`)
    else if (falls(reconfigureRate)) reconfigureOne(step)
    else if (falls(timerRate)) fireOne()
    else if (falls(syncRate)) network.sync(anyId(), 1 + random(4))
    else if (!network.deliver(random) && !network.sync(anyId(), 1 + random(4))) fireOne()
  }
  return {
    violation: judge.violation,
    commits: judge.committed.length,
    reconfigurations: judge.committed.filter(({ configuration }) => configuration !== undefined).length,
    clauses: network.clauses,
    network,
  }
}

/** Add one, remove one, give one another role, replace all of them, or other weights for the same voters. */
const changed = ({ members, quorums }: Configuration, random: (bound: number) => number): Configuration => {
  const voters = SERVERS.filter((id) => isVoter(quorums, id))
  const observers = members.filter(({ role }) => role === 'observer').map(({ id }) => id)
  const id = SERVERS[random(SERVERS.length)] ?? 1
  const without = (list: readonly ServerId[]): readonly ServerId[] => list.filter((other) => other !== id)
  const some = (): readonly ServerId[] => SERVERS.filter(() => random(2) === 0)
  switch (random(6)) {
    case 0:
    case 1:
      return configurationOf([...without(voters), id], without(observers))
    case 2:
      return configurationOf(without(voters), without(observers))
    case 3:
      return configurationOf(without(voters), [...without(observers), id])
    case 4:
      return configurationOf(SERVERS.filter((other) => !voters.includes(other)).slice(0, 3), [])
    default: {
      const chosen = some()
      return configurationOf(
        chosen,
        random(2) === 0 ? [] : without(observers).filter((other) => !chosen.includes(other)),
      )
    }
  }
}

/** A configuration without voters cannot be: server 1 votes then. */
const configurationOf = (voters: readonly ServerId[], observers: readonly ServerId[]): Configuration =>
  voters.length === 0
    ? ensembleOf(
        [1],
        observers.filter((id) => id !== 1),
      )
    : ensembleOf(voters, observers)

/**
 * After the faults: all servers are started, all is connected, disks are quick. Does everybody serve again within so many
 * rounds of timers, those without a vote too, and deliver what is submitted then? LIVE-1.
 */
export const recovers = (network: Network, rounds = 20): boolean => {
  network.heal()
  network.autoSync = true
  for (const [id, { isUp }] of network.nodes) if (!isUp) network.start(id)
  for (let round = 0; round < rounds; round++) {
    // A leader that was replaced, or that has lost its vote, learns it when it counts its followers.
    for (const [id, { timers }] of network.nodes)
      if (timers.has('leader.ping')) network.settle().fire(id, 'leader.ping')
    // A learner that hears nothing of its leader leaves it (BCAST-8).
    for (const [id, { timers, peer }] of network.nodes)
      if (timers.has('liveness') && peer.role.kind !== 'Leading') network.fire(id, 'liveness').settle()
    network.elect(4)
    const leader = network.leader()
    if (leader !== undefined && network.isServing()) {
      const transaction = `after the faults ${round}`
      network.submit(leader, transaction).settle()
      if ([...network.nodes.keys()].every((id) => network.deliveredBy(id).at(-1) === transaction)) return true
    }
    // Who waits for somebody that will not come gives up.
    for (const [id, { peer }] of network.nodes)
      if (peer.service.kind === 'NotServing' && peer.role.kind !== 'Looking') network.fire(id, 'phase.limit').settle()
  }
  return false
}

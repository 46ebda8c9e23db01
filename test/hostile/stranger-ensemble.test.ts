/**
 * An ensemble under random schedules, with a stranger that speaks on both ports in everybody's name: extreme promises, rounds,
 * votes and configurations. What is durable stays within bounds, nothing that was delivered is lost, and once the stranger is
 * gone everybody serves and commits again. It acknowledges epochs in a member's name only as nobody believes it: who speaks for
 * a voter and is counted is beyond what ZAB survives (see the fault of the simulated world, model/world/atlas/strangers.ts).
 */
import { describe, expect, it } from 'vitest'
import { bounds } from '../../src/core/bounds.js'
import type { Notification, QuorumMessage, ServerState } from '../../src/core/message.js'
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import * as Z from '../../src/core/zxid.js'
import { ensembleOf, Network } from '../core/network.js'
import { randomOf } from '../core/random.js'
import { recovers } from '../core/safety.js'

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1)
const STEPS = 600
/** Steps between two things that the stranger does, on average. */
const PAUSE = 4

/** What is wrong at the end; undefined when nothing is. */
const run = (seed: number, using: Rules): string | undefined => {
  const random = randomOf(seed)
  const pick = <A>(elements: readonly A[], fallback: A): A => elements[random(elements.length)] ?? fallback
  const network = new Network(ensembleOf([1, 2, 3]), { rules: using, reconfiguration: 'Enabled' })
  /** Two servers that deliver different things at one place of the history. */
  let parted: string | undefined
  network.observe = (id, { delivered }, effect) => {
    const known = effect.kind === 'Deliver' ? network.ledger[delivered.length] : undefined
    if (effect.kind === 'Deliver' && known !== undefined && !Z.equals(known.zxid, effect.entry.zxid))
      parted ??= `server ${id} delivers ${Z.show(effect.entry.zxid)} where another has delivered ${Z.show(known.zxid)}`
  }
  network.start(1, 2, 3).elect()
  const number = (): number =>
    pick([-(2 ** 63), -1, 0, 1, 7, 999, 1_000, 1_001, 0x7ffffffe, 0x7fffffff, 2 ** 48, 2 ** 52], 0)
  // Steps that are believed are small here: who is moved by a thousand twice, and nobody else, is out of the others' reach (DISC-9).
  const promise = (): number => pick([-1, 0, 1, 7, 30, 1_000_000, 0x7ffffffd, 0x7ffffffe, 0x7fffffff], 0)
  const notification = (): Notification => {
    const version = Z.zxid(number(), random(4))
    return {
      state: pick<ServerState>(['LOOKING', 'LOOKING', 'FOLLOWING', 'LEADING'], 'LOOKING'),
      vote: { leader: pick([1, 2, 3, 9], 1), zxid: Z.zxid(number(), random(9)), peerEpoch: number() },
      round: number(),
      configurationVersion: version,
      configuration: { ...ensembleOf([7, 8, 9]), version },
    }
  }
  const strangerActs = (): void => {
    // It knows when it is worth while: who serves a leader listens least.
    const open = [1, 2, 3].filter((id) => ['Looking', 'Leading'].includes(network.node(id).peer.role.kind))
    const id = pick(open, 1)
    const claimed = pick([1, 2, 3, 7, 9], 9)
    if (claimed === id) return
    // A configuration in a member's name is what it takes TLS to refuse: here only strangers offer one.
    if (random(2) === 0) {
      const { configuration, ...said } = notification()
      network.rumour(id, claimed, claimed > 3 && configuration !== undefined ? { ...said, configuration } : said)
      return
    }
    const configurationVersion = random(3) === 0 ? Z.zxid(number(), random(4)) : Z.ZERO
    const introduction: QuorumMessage<string> = {
      type: 'FOLLOWERINFO',
      role: pick(['participant', 'observer'] as const, 'participant'),
      acceptedEpoch: promise(),
      configurationVersion,
    }
    const summary: QuorumMessage<string> = {
      type: 'ACKEPOCH',
      currentEpoch: claimed > 3 ? number() : 0x7ffffffe,
      lastZxid: Z.zxid(number(), 1),
    }
    network.claim(id, claimed, introduction, ...(random(2) === 0 ? [summary] : []))
    if (random(3) > 0) network.unclaim(id, claimed)
  }
  const fireOne = (): void => {
    const id = 1 + random(3)
    const timer = pick([...network.node(id).timers.keys()], 'election.resend')
    if (network.node(id).timers.has(timer) && (timer !== 'phase.limit' || random(4) === 0)) network.fire(id, timer)
  }
  let elections = 0
  for (let step = 0; step < STEPS; step++) {
    if (random(PAUSE) === 0) strangerActs()
    else if (random(40) === 0) {
      network.elect(1)
      elections += 1
    } else if (random(20) === 0) {
      const id = 1 + random(3)
      if (network.node(id).isUp) network.submit(id, `${seed}/${step}`)
    } else if (random(60) === 0) network.crash(1 + random(3))
    else if (random(12) === 0) for (const id of [1, 2, 3]) if (!network.node(id).isUp) network.start(id)
    if (random(4) === 0) fireOne()
    else if (!network.deliver(random)) network.sync(1 + random(3))
  }
  for (const id of [1, 2, 3]) for (const claimed of [1, 2, 3, 7, 9]) if (claimed !== id) network.unclaim(id, claimed)
  for (const [id, { disk, fatal, peer }] of network.nodes) {
    if (fatal !== undefined) return `server ${id} has stopped: ${fatal}`
    if (disk.acceptedEpoch > (bounds.epochStep + 1) * (elections * 3 + STEPS / PAUSE))
      return `epoch ${disk.acceptedEpoch}`
    if (disk.acceptedEpoch >= Z.MAX_EPOCH - 1) return `epoch ${disk.acceptedEpoch}`
    if (peer.configuration.committed.members.some(({ id: member }) => member > 3)) return 'a stranger is a member'
    if (peer.round > bounds.lastRound) return `round ${peer.round}`
  }
  if (!recovers(network)) return 'they do not serve again'
  if (parted !== undefined) return parted
  return lost(network)
}

/** At the end everybody has all that anybody has ever delivered. */
const lost = (network: Network): string | undefined => {
  const history = network.ledger.map(({ transaction }) => transaction)
  const lacking = [1, 2, 3].find((id) => network.deliveredBy(id).join(' ') !== history.join(' '))
  return lacking === undefined ? undefined : `server ${lacking} has lost something that was delivered`
}

const credulous = (premise: keyof Rules['premises']): Rules => ({
  ...rules,
  premises: { ...rules.premises, [premise]: () => true },
})

describe('a stranger', () => {
  it('moves nothing far, and the ensemble serves when it is gone', () => {
    expect(SEEDS.flatMap((seed) => run(seed, rules) ?? [])).toEqual([])
  })

  it.each(['DISC-9.believed', 'ELEC-13.believed', 'RECFG-7.believed'] as const)(
    'is found out where %s believes everything',
    (premise) => {
      expect(SEEDS.some((seed) => run(seed, credulous(premise)) !== undefined)).toBe(true)
    },
  )

  it('would not hide that a server lacks something', () => {
    const network = new Network(ensembleOf([1, 2, 3]))
    network.start(1, 2, 3).elect().submit(3, 'a').settle()
    expect(lost(network)).toBeUndefined()
    network.node(2).delivered.pop()
    expect(lost(network)).toBe('server 2 has lost something that was delivered')
  })
})

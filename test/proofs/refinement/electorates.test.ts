/**
 * Planted faults of reconfigurations, and the objection of the judge to each. Servers 1, 2, 3 vote at first, and 3 leads; 4 and 5
 * join.
 */
import { describe, expect, it } from 'vitest'
import type { Observe } from '../../../model/observer.js'
import { refinement } from '../../../proofs/refinement.js'
import type { Configuration, ServerId } from '../../../src/core/configuration.js'
import type { Peer } from '../../../src/core/peer.js'
import type { QuorumSystem } from '../../../src/core/quorum.js'
import type { PremiseId, Premises, Rules } from '../../../src/core/rules.js'
import { rules } from '../../../src/core/rules.js'
import * as S from '../../../src/core/sequence.js'
import type { Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import type { Network } from '../../core/network.js'
import { ensembleOf } from '../../core/network.js'
import {
  aroundTheBorder,
  atWork,
  FIRST_VOTERS,
  LEADER,
  NEW_VOTERS,
  proposedWith,
  randomRun,
  reconfigure,
  settleWith,
} from './reconfigured.js'

const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1)

const withPremises = (other: Partial<Premises>): Rules => ({ ...rules, premises: { ...rules.premises, ...other } })

type Systems = readonly QuorumSystem[]
type QuorumPremise = Extract<PremiseId, `${string}quorum`>

/** Those premises ask other quorum systems than the relevant ones. */
const asking = (premises: readonly QuorumPremise[], choose: (systems: Systems) => Systems): Partial<Premises> =>
  Object.fromEntries(
    premises.map((id) => {
      const premise: Premises[QuorumPremise] = (systems, isIn) => rules.premises[id](choose(systems), isIn)
      return [id, premise]
    }),
  )

const oldAlone = (systems: Systems): Systems => systems.slice(0, 1)
const newAlone = (systems: Systems): Systems => systems.slice(-1)

const OLD: QuorumSystem = { kind: 'Majority', voters: FIRST_VOTERS }

/** Those who have lost their vote are counted on. */
const deafToTheNew = (choose: (systems: Systems) => Systems): Partial<Premises> => ({
  ...asking(['BCAST-5.quorum'], choose),
  'OBS-1.counted': (_, cameAsObserver) => !cameAsObserver,
})

describe('a planted fault: a leader', () => {
  it('commits the reconfiguration by the old voters alone', () => {
    const { objection } = proposedWith(withPremises(asking(['BCAST-5.quorum'], oldAlone)), 1, 2, 3)
    expect(objection()).toMatch(
      /^commit: server 3 commits 1:2 by \[[123, ]+\]: .* is no quorum of \{1, 2, 3\} \(version 0:0\) and \{3, 4, 5\} \(version 1:2\)/,
    )
    expect(objection()).toContain('RECFG-3')
  })

  it('commits the reconfiguration by the new voters alone', () => {
    const { objection } = proposedWith(withPremises(asking(['BCAST-5.quorum'], newAlone)), 3, 4, 5)
    expect(objection()).toMatch(/^commit: server 3 commits 1:2 by \[[345, ]+\]: /)
  })

  it('commits what stands before the reconfiguration by the new voters alone', () => {
    const { network, objection } = atWork(
      withPremises({ 'BCAST-5.quorum': (_, isIn) => NEW_VOTERS.filter(isIn).length > 1 }),
    )
    network.autoSync = false
    network.submit(LEADER, 'b')
    reconfigure(network, LEADER, NEW_VOTERS, 'r')
    settleWith(network, 4, 5)
    expect(objection()).toMatch(
      /^commit: server 3 commits 1:2 by \[[45], [45]\]: .* is no quorum of \{1, 2, 3\} \(version 0:0\)\n/,
    )
  })

  it('steps over the border: it commits what comes after by those who were asked before', () => {
    const { network, objection } = atWork(withPremises(deafToTheNew(() => [OLD])))
    aroundTheBorder(network)
    for (const [id, count] of [
      [1, 5],
      [4, 3],
    ] as const)
      network.sync(id, count)
    network.settle().sync(LEADER)
    expect(objection()).toMatch(
      /^commit: server 3 commits 1:6 by \[[13], [13]\]: .* is no quorum of \{3, 4, 5\} \(version 1:4\)\n/,
    )
  })

  it('goes on to ask the old voters once the new ones decide', () => {
    const { network, objection } = atWork(
      withPremises(deafToTheNew((systems) => (systems.length === 1 ? [OLD] : systems))),
    )
    reconfigure(network, LEADER, NEW_VOTERS, 'r')
    network.settle()
    expect(objection()).toBeUndefined()
    network.submit(LEADER, 'b')
    settleWith(network, 1, 2)
    expect(objection()).toMatch(
      /^commit: server 3 commits 1:3 by \[[12], [12]\]: .* is no quorum of \{3, 4, 5\} \(version 1:2\)\n/,
    )
  })

  it('proposes a second reconfiguration while one is pending', () => {
    const { network, objection } = proposedWith(withPremises({ 'RECFG-1.single': () => true }), 3)
    reconfigure(network, LEADER, [1, 2, 3, 4], 's')
    expect(objection()).toMatch(/^RECFG-1: server 3 proposes the reconfiguration 1:3 while 1:2 is not committed/)
  })

  it('starts an epoch with the old voters alone when it finds a pending reconfiguration', () => {
    const premises = asking(['ELEC-5.quorum', 'DISC-2.quorum', 'DISC-5.quorum'], oldAlone)
    const { network, objection } = proposedWith(withPremises(premises), 1, 2)
    network.crash(LEADER).crash(4).crash(5).elect()
    expect(objection()).toMatch(
      /^startEpoch: server 2 starts epoch 2 with \[[12], [12]\]: .* and \{3, 4, 5\} \(version 1:2\)\n/,
    )
    expect(objection()).toContain('RECFG-6')
  })

  it('is established by the old voters alone when it finds a pending reconfiguration', () => {
    const { network, objection } = proposedWith(withPremises(asking(['SYNC-3.quorum'], oldAlone)), 1, 2)
    network.crash(LEADER)
    // One of the two new voters promises the epoch, and then it falls: it adopts nothing.
    network.observe = (id, node, effect) => {
      if (id === 4 && effect.kind === 'Persist' && effect.durable.kind === 'CurrentEpoch') node.isUp = false
    }
    network.elect()
    expect(objection()).toMatch(
      /^establish: server 5 is established in epoch 2 by \[[125, ]+\]: .* and \{3, 4, 5\} \(version 1:2\)\n/,
    )
  })

  it('starts an epoch with the old voters although the new ones are committed', () => {
    const { network, objection } = atWork()
    reconfigure(network, LEADER, NEW_VOTERS, 'r')
    network.settle()
    for (const id of network.nodes.keys()) network.crash(id)
    // What the disk knows of configurations is lost, though it is only of the voters and nothing of the log.
    for (const id of FIRST_VOTERS) forget(network, id)
    network.start(...FIRST_VOTERS).elect()
    expect(objection()).toMatch(
      /^startEpoch: server 3 starts epoch 2 with .* is no quorum of \{3, 4, 5\} \(version 1:2\)\n/,
    )
  })

  /** RECFG-4 broken: the log without its configurations. */
  const forget = (network: Network, id: ServerId): void => {
    const node = network.node(id)
    const { configuration: _, ...disk } = node.disk
    const entries = S.toArray(disk.entries).map(({ zxid, transaction }) => ({ zxid, transaction }))
    node.disk = { ...disk, entries: S.fromArray(entries) }
  }

  it.each([
    ['old', oldAlone],
    ['new', newAlone],
  ])('that asks the %s voters alone is found in random runs', (_, choose) => {
    const using = withPremises(asking(['BCAST-5.quorum'], choose))
    const found = SEEDS.flatMap((seed) => randomRun(seed, 2000, { rules: using }).objection ?? [])
    expect(found.some((objection) => objection.startsWith('commit: '))).toBe(true)
  })
})

describe('a planted fault: a server goes by a configuration', () => {
  /** The judge sees what the core would be if it took that for committed. */
  const goingBy =
    (choose: (peer: Peer<unknown>) => Configuration): Observe<unknown> =>
    (host) => {
      const judge = refinement()(host)
      const taken = (peer: Peer<unknown>): Peer<unknown> => {
        const { configuration } = peer
        const committed = choose(peer)
        return committed === configuration.committed
          ? peer
          : { ...peer, configuration: { ...configuration, committed } }
      }
      return {
        ...judge,
        stepped: (server, before, after, what) => {
          judge.stepped(server, taken(before), taken(after), what)
        },
      }
    }
  const running = (observe: Observe<unknown>): string | undefined => {
    const { network, objection } = atWork(rules, observe)
    reconfigure(network, LEADER, NEW_VOTERS, 'r')
    network.settle()
    return objection()
  }
  const renamed = (version: Zxid, voters: readonly ServerId[]) => {
    const wrong = { ...ensembleOf(voters), version }
    return ({ configuration: { committed } }: Peer<unknown>): Configuration =>
      Z.equals(committed.version, Z.ZERO) ? committed : wrong
  }

  it('that is proposed only', () => {
    expect(running(goingBy(({ configuration }) => configuration.committed))).toBeUndefined()
    expect(running(goingBy(({ configuration }) => configuration.lastSeen))).toMatch(
      /^RECFG-5: server \d goes by the configuration \{1, 2, 3\} \(version 1:0\), which nobody has committed/,
    )
    const seenLater = goingBy(({ configuration: { committed, lastSeen } }) =>
      lastSeen.version.counter === 0 ? committed : lastSeen,
    )
    expect(running(seenLater)).toMatch(/^RECFG-5: server 3 goes by the configuration \{3, 4, 5\} \(version 1:2\)/)
  })

  it.each([
    ['with a version that no epoch has given', Z.newLeaderZxid(7), FIRST_VOTERS],
    ['with other members than the first', Z.newLeaderZxid(1), NEW_VOTERS],
  ])('%s', (_, version, voters) => {
    expect(running(goingBy(renamed(version, voters)))).toMatch(/^RECFG-5: /)
  })
})

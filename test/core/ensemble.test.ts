/** A small ensemble of cores elects, orders, survives crashes and partitions, and brings late comers level the right way. */
import { describe, expect, it } from 'vitest'
import { Network, ensembleOf } from './network.js'
import type { Effect } from '../../src/core/effect.js'
import { serviceOf } from '../../src/core/peer.js'

const three = (): Network => new Network(ensembleOf([1, 2, 3]))

const syncModes = (network: Network, leader: number, learner: number): readonly string[] =>
  network
    .node(leader)
    .sent.flatMap((effect: Effect<string>) =>
      effect.kind === 'Send' && effect.to === learner && ['DIFF', 'TRUNC', 'SNAP'].includes(effect.message.type)
        ? [effect.message.type]
        : [],
    )

describe('an ensemble of three', () => {
  it('elects the server with the greatest id among equals, and serves', () => {
    const network = three().start(1, 2, 3).elect()
    expect(network.leader()).toBe(3)
    expect(network.isServing()).toBe(true)
    expect(serviceOf(network.node(1).peer)).toEqual({ kind: 'Follower', leader: 3, epoch: 1 })
  })

  it('delivers what is submitted to the leader, everywhere, in order', () => {
    const network = three().start(1, 2, 3).elect()
    network.submit(3, 'a').submit(3, 'b').submit(3, 'c').settle()
    for (const id of [1, 2, 3]) {
      expect(network.deliveredBy(id)).toEqual(['a', 'b', 'c'])
      expect(network.logOf(id)).toEqual(['1:1=a', '1:2=b', '1:3=c'])
    }
  })

  it('commits nothing before a quorum has it on disk', () => {
    const network = three().start(1, 2, 3).elect()
    network.autoSync = false
    network.submit(3, 'a').settle()
    expect([1, 2, 3].flatMap((id) => network.deliveredBy(id))).toEqual([])
    network.sync(3)
    network.settle()
    expect(network.deliveredBy(3)).toEqual([])
    network.sync(1)
    network.settle()
    expect(network.deliveredBy(3)).toEqual(['a'])
  })

  it('goes on without its leader, in a new epoch, with everything committed', () => {
    const network = three().start(1, 2, 3).elect()
    network.submit(3, 'a').settle().crash(3).elect()
    expect(network.leader()).toBe(2)
    network.submit(2, 'b').settle()
    expect(network.logOf(1)).toEqual(['1:1=a', '2:1=b'])
    network.start(3).elect()
    expect(network.deliveredBy(3)).toEqual(['a', 'b'])
    expect(network.leader()).toBe(2)
  })

  it('synchronizes by DIFF who is behind by little', () => {
    const network = three().start(1, 2, 3).elect()
    network.submit(3, 'a').settle().crash(1).settle()
    network.submit(3, 'b').settle().start(1).elect()
    expect(syncModes(network, 3, 1)).toEqual(['DIFF', 'DIFF'])
    expect(network.logOf(1)).toEqual(['1:1=a', '1:2=b'])
  })

  it('cuts a divergent tail by TRUNC', () => {
    const network = three().start(1, 2, 3).elect()
    network.submit(3, 'a').settle()
    network.isolate(3)
    network.submit(3, 'lost')
    network.sync(3)
    expect(network.logOf(3)).toEqual(['1:1=a', '1:2=lost'])
    network.crash(3).elect()
    expect(network.leader()).toBe(2)
    network.heal().start(3).elect()
    expect(syncModes(network, 2, 3)).toContain('TRUNC')
    expect(network.logOf(3)).toEqual(['1:1=a'])
    network.submit(2, 'b').settle()
    expect(network.deliveredBy(3)).toEqual(['a', 'b'])
  })

  it('sends SNAP to who is too far behind', () => {
    const network = new Network(ensembleOf([1, 2, 3]), { committedWindow: 4 }).start(1, 2, 3).elect()
    network.submit(3, 'first').settle().crash(1).settle()
    for (let count = 0; count < 20; count++) network.submit(3, `t${count}`).settle()
    network.start(1).elect()
    expect(syncModes(network, 3, 1)).toContain('SNAP')
    expect(network.deliveredBy(1)).toEqual(network.deliveredBy(3))
  })

  it('recovers everything committed when all crash at once', () => {
    const network = three().start(1, 2, 3).elect()
    network.submit(3, 'a').submit(3, 'b').settle()
    network.crash(1).crash(2).crash(3).settle().start(1, 2, 3).elect()
    network.submit(network.leader() ?? 0, 'c').settle()
    for (const id of [1, 2, 3]) expect(network.deliveredBy(id)).toEqual(['a', 'b', 'c'])
  })

  it('stops leading without a quorum of followers', () => {
    const network = three().start(1, 2, 3).elect()
    network.crash(1).crash(2).settle().fire(3, 'leader.ping')
    expect(network.node(3).peer.role.kind).toBe('Looking')
  })

  it('keeps a follower that came back, while nothing new is proposed', () => {
    const network = three().start(1, 2, 3).elect()
    network.submit(3, 'a').settle().crash(1).settle()
    network.submit(3, 'b').settle().start(1).elect()
    for (let look = 0; look < 6; look++) {
      network.fire(3, 'leader.ping').settle().fire(3, 'liveness').fire(1, 'liveness').settle()
      expect(serviceOf(network.node(1).peer).kind).toBe('Follower')
    }
  })

  it('steps down instead of rolling the counter over', () => {
    const network = three().start(1, 2, 3).elect()
    const node = network.node(3)
    if (node.peer.role.kind !== 'Leading' || node.peer.role.phase.kind !== 'Broadcasting')
      throw new Error('not leading')
    const phase = { ...node.peer.role.phase, lastProposed: { epoch: 1, counter: 0xfffffffe } }
    node.peer = { ...node.peer, role: { ...node.peer.role, phase } }
    network.submit(3, 'too much')
    expect(node.peer.role.kind).toBe('Looking')
  })
})

describe('other ensembles', () => {
  it('a single server serves by itself', () => {
    const network = new Network(ensembleOf([1])).start(1).elect()
    network.submit(1, 'a').settle()
    expect(network.deliveredBy(1)).toEqual(['a'])
  })

  it('observers learn everything and decide nothing', () => {
    const network = new Network(ensembleOf([1, 2, 3], [4])).start(1, 2, 3, 4).elect()
    expect(serviceOf(network.node(4).peer).kind).toBe('Observer')
    network.submit(3, 'a').settle()
    expect(network.deliveredBy(4)).toEqual(['a'])
    network.crash(1).crash(2).settle().fire(3, 'leader.ping')
    expect(network.node(3).peer.role.kind).toBe('Looking')
  })

  it('an observer cannot stand in for a missing voter', () => {
    const network = new Network(ensembleOf([1, 2, 3], [4])).start(3, 4).elect(3)
    expect(network.leader()).toBeUndefined()
  })
})

/** Without a guard of broadcast, delivery or the disk. */
import type { Attack } from './attack.js'
import { broadcastWithoutIt, committedByAB } from './attack.js'
import {
  acknowledge,
  commit,
  crash,
  deliver,
  elect,
  establish,
  promise,
  propose,
  reign,
  replicate,
  storeAndAcknowledge,
  synchronize,
} from '../script.js'
import { three } from '../small-world.js'

export const attacksOnBroadcast: readonly Attack[] = [
  // --- propose
  {
    mutant: 'propose / the epoch is established',
    story: 'somebody broadcasts in e2 before that has even started',
    world: three,
    script: [propose('2:1'), ...committedByAB],
    violates: 'primary integrity',
  },
  {
    mutant: 'propose / a zxid of the epoch',
    story: 'the leader of e1 gives out a zxid of e2, and it counts as initial history',
    world: three,
    script: [...reign('e1', 'A', 'AB'), propose('2:1', 'e1'), establish('e1', 'AB'), deliver('A', '2:1')],
    violates: 'integrity',
  },
  {
    mutant: 'propose / after all of its history',
    story: 'the leader gives out 1:1 after 1:2',
    world: three,
    script: [...reign('e1', 'A', 'AB'), ...replicate('1:2', 'AB'), deliver('A', '1:2'), propose('1:1')],
    violates: 'local primary order',
  },
  {
    mutant: 'propose / the primary has delivered the initial history',
    story: 'B broadcasts before it has applied the initial history of its epoch',
    world: three,
    script: [...committedByAB, ...reign('e2', 'B', 'BC', '1:1'), propose('2:1')],
    violates: 'primary integrity',
  },
  // --- acknowledge
  {
    mutant: 'acknowledge / its epoch is adopted',
    story: 'B acknowledges 1:1 before it has adopted e1; C has adopted it, without 1:1, and is the more recent one',
    world: three,
    script: [
      ...reign('e1', 'A', 'AC'),
      promise('B', 'A', 'e1'),
      ...replicate('1:1', 'AB'),
      deliver('A', '1:1'),
      ...elect('e2', 'C', 'BC'),
      ...broadcastWithoutIt('2:1', 'e2', 'BC'),
    ],
    violates: 'primary integrity',
  },
  {
    mutant: 'acknowledge / it is durable',
    story: 'B acknowledges 1:1 without fsync, and crashes',
    world: three,
    script: [
      ...reign('e1', 'A', 'AB'),
      propose('1:1'),
      ...storeAndAcknowledge('A', '1:1'),
      synchronize('B', 'e1', '1:1'),
      acknowledge('B', '1:1'),
      commit('1:1', 'AB'),
      deliver('A', '1:1'),
      crash('B', 'origin'),
      ...elect('e2', 'B', 'BC'),
      ...broadcastWithoutIt('2:1', 'e2', 'BC'),
    ],
    violates: 'primary integrity',
  },
  {
    mutant: 'acknowledge / a proposal',
    story: 'the empty history is acknowledged as if somebody had proposed it',
    world: three,
    script: [acknowledge('A', 'origin')],
    violates: 'acknowledged in adopted',
  },
  // --- commit
  {
    mutant: 'commit / a quorum has acknowledged',
    story: 'A commits what nobody else has',
    world: three,
    script: [
      ...reign('e1', 'A', 'AB'),
      propose('1:1'),
      commit('1:1', 'AB'),
      deliver('A', '1:1'),
      ...elect('e2', 'B', 'BC'),
      ...broadcastWithoutIt('2:1', 'e2', 'BC'),
    ],
    violates: 'primary integrity',
  },
  // --- deliver
  {
    mutant: 'deliver / it is committed',
    story: 'A delivers what nobody broadcast',
    world: three,
    script: [deliver('A', '1:1')],
    violates: 'integrity',
  },
  {
    mutant: 'deliver / not delivered yet',
    story: 'A delivers 1:1 twice, before and after 1:2',
    world: three,
    script: [
      ...committedByAB,
      ...replicate('1:2', 'AB'),
      deliver('A', '1:2'),
      deliver('B', '1:1'),
      deliver('A', '1:1'),
    ],
    violates: 'total order',
  },
  {
    mutant: 'deliver / in order',
    story: 'B delivers 1:2 and not 1:1',
    world: three,
    script: [...committedByAB, ...replicate('1:2', 'AB'), deliver('B', '1:2')],
    violates: 'local primary order',
  },
  // --- crash
  {
    mutant: 'crash / loses nothing durable',
    story: 'B crashes and loses 1:1, which it had synced and acknowledged',
    world: three,
    script: [
      ...committedByAB,
      crash('B', 'origin'),
      ...elect('e2', 'B', 'BC'),
      ...broadcastWithoutIt('2:1', 'e2', 'BC'),
    ],
    violates: 'primary integrity',
  },
]

/**
 * Executions that spec/zab.ts admits. They show that the axioms have models, that every action happens in some reachable
 * state, and that invariant and properties speak about states in which much has happened: nothing is proved of nothing.
 */
import type { Script } from './script.js'
import {
  commit,
  crash,
  deliver,
  elect,
  establish,
  flush,
  follow,
  promise,
  propose,
  reign,
  replicate,
  settle,
  store,
  storeAndAcknowledge,
  synchronize,
} from './script.js'
import type { World } from './small-world.js'
import { alone, three, withObserver } from './small-world.js'

export interface Execution {
  readonly name: string
  readonly world: World
  readonly script: Script
}

export const executions: readonly Execution[] = [
  {
    name: 'two epochs: a leader falls silent, a crash loses what was not synced, a tail is cut off',
    world: three,
    script: [
      ...reign('e1', 'A', 'AB'),
      ...replicate('1:1', 'AB'),
      deliver('A', '1:1'),
      deliver('B', '1:1'),
      // 1:2 is durable at A and only in memory at B, which crashes and applies 1:1 once more.
      propose('1:2'),
      ...store('A', '1:2'),
      synchronize('B', 'e1', '1:2'),
      crash('B', '1:1'),
      deliver('B', '1:1'),
      // C gets the history and crashes before it has written currentEpoch (SYNC-2). It keeps the history and comes again.
      ...elect('e2', 'B', 'BC'),
      ...follow('B', 'e2', '1:1'),
      synchronize('C', 'e2', '1:1'),
      flush('C', '1:1'),
      crash('C', '1:1'),
      ...follow('C', 'e2', '1:1'),
      establish('e2', 'BC'),
      deliver('C', '1:1'),
      propose('2:1'),
      ...storeAndAcknowledge('B', '2:1'),
      // A comes back: TRUNC to 1:1, and then like everybody.
      promise('A', 'B', 'e2'),
      ...follow('A', 'e2', '1:1'),
      ...storeAndAcknowledge('A', '2:1'),
      commit('2:1', 'AB'),
      ...store('C', '2:1'),
      deliver('B', '2:1'),
      deliver('A', '2:1'),
      deliver('C', '2:1'),
    ],
  },
  {
    name: 'a crash between durable history and adopted epoch: the server is still of its older epoch',
    world: three,
    script: [
      ...reign('e1', 'A', 'AB'),
      propose('1:1'),
      ...store('A', '1:1'),
      // C has all of the history of e2, but it has never said so.
      ...elect('e2', 'A', 'AC'),
      synchronize('C', 'e2', '1:1'),
      flush('C', '1:1'),
      crash('C', '1:1'),
      // So B, which adopted e1, is more recent, and 1:1 is gone.
      ...elect('e3', 'B', 'BC'),
      ...settle('e3', 'BC'),
      propose('3:1'),
    ],
  },
  {
    name: 'a learner comes back to the same leader: its acknowledgement is withdrawn and given once more',
    world: three,
    script: [
      ...reign('e1', 'A', 'AB'),
      propose('1:1'),
      ...storeAndAcknowledge('B', '1:1'),
      synchronize('B', 'e1'),
      ...storeAndAcknowledge('A', '1:1'),
      ...storeAndAcknowledge('B', '1:1'),
      commit('1:1', 'AB'),
      deliver('B', '1:1'),
    ],
  },
  {
    name: 'an observer is synchronized, adopts the epoch and delivers',
    world: withObserver,
    script: [
      ...reign('e1', 'A', 'AB'),
      ...replicate('1:1', 'AB'),
      promise('O', 'A', 'e1'),
      ...follow('O', 'e1'),
      synchronize('O', 'e1', '1:1'),
      deliver('O', '1:1'),
      crash('O', 'origin'),
      ...storeAndAcknowledge('O', '1:1'),
      deliver('O', '1:1'),
    ],
  },
  {
    name: 'a server alone',
    world: alone,
    script: [
      ...reign('e1', 'A', 'A'),
      ...replicate('1:1', 'A'),
      deliver('A', '1:1'),
      crash('A', '1:1'),
      ...reign('e2', 'A', 'A', '1:1'),
      deliver('A', '1:1'),
      ...replicate('2:1', 'A'),
      deliver('A', '2:1'),
    ],
  },
]

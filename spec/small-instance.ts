/** Three servers, two epochs after genesis, two transactions in the first of them and one in the second: for TLC. */
import type { Instance } from './logic/tla.js'

export const smallInstance: Instance = {
  sorts: {
    node: '1..3',
    quorum: '{nodes \\in SUBSET (1..3) : Cardinality(nodes) >= 2}',
    epoch: '0..2',
    transaction: '{<<0, 0>>, <<1, 1>>, <<1, 2>>, <<2, 1>>}',
  },
  rigid: {
    member: '{<<n, q>> \\in MCNode \\X MCQuorum : n \\in q}',
    epochAtMost: '{<<e, f>> \\in MCEpoch \\X MCEpoch : e <= f}',
    atMost: '{<<t, u>> \\in MCTransaction \\X MCTransaction : t[1] < u[1] \\/ (t[1] = u[1] /\\ t[2] <= u[2])}',
    epochOf: '[t \\in MCTransaction |-> t[1]]',
    genesis: '0',
    origin: '<<0, 0>>',
  },
}

/**
 * The statements that a run has to keep, compiled: the six properties, and the invariant of proofs/induction.
 *
 * That proof is for quorums that never change, any two of which intersect. While an ensemble is reconfigured the quorums of
 * former and later configurations need not, and what the invariant says of every quorum there is (K1 to K4b: a transaction may
 * still be committed by it) is not so. Then those statements are left out that bind a variable of sort `quorum`, and no other:
 * that later epochs have all that is committed (C1) is still looked at, and so is each quorum that has decided something.
 */
import type { Monitor } from '../../spec/logic/monitor.js'
import { makeMonitor } from '../../spec/logic/monitor.js'
import type { Statement } from '../../spec/logic/system.js'
import { properties } from '../../spec/properties.js'
import { zab } from '../../spec/zab.js'
import { invariant } from '../induction/invariant.js'
import { binds } from './binding.js'

export type Quorums = 'Fixed' | 'Changing'

/** What is kept under such quorums. */
export const statementsFor = (quorums: Quorums): readonly Statement[] => {
  const all = [...properties, ...invariant]
  const isOfEveryQuorum = binds('quorum')
  return quorums === 'Fixed' ? all : all.filter(({ formula }) => !isOfEveryQuorum(formula))
}

const watcherFor = (quorums: Quorums): Monitor =>
  makeMonitor(zab, statementsFor(quorums), { node: 4, quorum: 4, epoch: 10, transaction: 50 })

const fixed = watcherFor('Fixed')
let changing: Monitor | undefined

/** Each is compiled once. */
export const watcher = (quorums: Quorums): Monitor => {
  if (quorums === 'Fixed') return fixed
  changing ??= watcherFor('Changing')
  return changing
}

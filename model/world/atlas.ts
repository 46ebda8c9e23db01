/**
 * The fault atlas: every fault that the world can do, what ZAB promises to survive of it, and the bound that keeps it
 * inside that promise, so that every finding is a finding.
 */
import { clients } from './atlas/clients.js'
import { clock } from './atlas/clock.js'
import { disk } from './atlas/disk.js'
import type { FaultGroup, Faults } from './atlas/fault.js'
import { network } from './atlas/network.js'
import { operators } from './atlas/operators.js'
import { process } from './atlas/process.js'
import { strangers } from './atlas/strangers.js'

export type { Fault, FaultContext, FaultGroup } from './atlas/fault.js'

export const atlas = {
  ...network,
  ...process,
  ...disk,
  ...clock,
  ...clients,
  ...operators,
  ...strangers,
} as const satisfies Faults

export type FaultName = keyof typeof atlas

export const everyFaultName = Object.keys(atlas) as readonly FaultName[] // keys of a constant record are its names

/**
 * Those that are drawn unless told otherwise. Strangers come where they are asked for: what other seeds do stays as it is, and
 * what they do to an ensemble is not what hardware and operators do.
 */
export const faultNames: readonly FaultName[] = everyFaultName.filter((name) => atlas[name].group !== 'strangers')

/** All faults of a group. */
export const faultsOf = (group: FaultGroup): readonly FaultName[] =>
  everyFaultName.filter((name) => atlas[name].group === group)

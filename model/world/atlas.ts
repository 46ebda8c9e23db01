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

export type { Fault, FaultContext, FaultGroup } from './atlas/fault.js'

export const atlas = { ...network, ...process, ...disk, ...clock, ...clients, ...operators } as const satisfies Faults

export type FaultName = keyof typeof atlas

export const faultNames = Object.keys(atlas) as readonly FaultName[] // keys of a constant record are its names

/** All faults of a group. */
export const faultsOf = (group: FaultGroup): readonly FaultName[] =>
  faultNames.filter((name) => atlas[name].group === group)

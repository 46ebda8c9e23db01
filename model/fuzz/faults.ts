/** Which faults of the atlas a campaign may use, and which commands that leaves. */
import type { FaultGroup, FaultName } from '../world/atlas.js'
import { atlas } from '../world/atlas.js'
import type { Command } from '../world/command.js'

/** What mends, asks or lets time pass belongs to no group: it is always allowed. */
const groupOf: Readonly<Partial<Record<Command['kind'], FaultGroup>>> = {
  cut: 'network',
  isolate: 'network',
  partition: 'network',
  slowLink: 'network',
  reset: 'network',
  halfOpen: 'network',
  crash: 'process',
  pause: 'process',
  slowDisk: 'disk',
  failDisk: 'disk',
  flip: 'disk',
  drift: 'clock',
  jump: 'clock',
  stallTimers: 'clock',
  move: 'clients',
  drop: 'clients',
  storm: 'clients',
}

/** By groups: a schedule that was not drawn from the atlas is held to the groups of the faults that are. */
export const isAllowed = (faults: readonly FaultName[]): ((command: Command) => boolean) => {
  const groups = new Set<FaultGroup>(faults.map((name) => atlas[name].group))
  return ({ kind }) => {
    const group = groupOf[kind]
    return group === undefined || groups.has(group)
  }
}

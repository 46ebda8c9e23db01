/** What a test may do to a fake ensemble: the faults of model/world, and those of its own clients. */
import type { Command } from '../world/command.js'
import { showCommand } from '../world/command.js'

/** All that the world can do to servers: processes, network, disks, clocks. See model/world/command.ts. */
export type MachineFault = Exclude<Command, { readonly kind: 'advance' | 'request' | 'move' | 'drop' | 'storm' }>

/** Clients are numbered from 0 in the order of their making. */
export type ClientFault =
  /** Nothing comes through in either direction, and neither side is told, until the ensemble is healed. */
  | { readonly kind: 'cutClient'; readonly client: number }
  /** The connection breaks anywhere in what is under way; the client looks for another server. */
  | { readonly kind: 'dropClient'; readonly client: number }

export type Fault = MachineFault | ClientFault

/** One fault on one line. */
export const showFault = (fault: Fault): string => {
  switch (fault.kind) {
    case 'cutClient':
      return `cut client ${fault.client} off`
    case 'dropClient':
      return `break the connection of client ${fault.client}`
    default:
      return showCommand(fault)
  }
}

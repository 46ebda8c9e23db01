/** Which faults of the atlas a campaign may use, and which commands that leaves. */
import type { FaultName } from '../world/atlas.js'
import type { Command } from '../world/command.js'

/** The fault that a command is. What mends, asks or lets time pass is none. */
export const faultOf = (command: Command): FaultName | undefined => {
  switch (command.kind) {
    case 'cut':
      return command.port === undefined ? 'cut' : 'portCut'
    case 'isolate':
      return command.direction === undefined ? 'isolation' : 'asymmetry'
    case 'reset':
      return command.partial === true ? 'midFrame' : 'reset'
    case 'crash':
      return crashOf(command)
    case 'replaceDisk':
      return command.lost === undefined ? 'emptyDisk' : 'olderDisk'
    case 'failDisk':
      return command.error === 'EIO' ? 'ioError' : 'full'
    case 'stallTimers':
      return 'stalledTimers'
    case 'move':
      return command.abrupt === true ? 'abruptMove' : 'move'
    case 'storm':
      return 'watchStorm'
    case 'replaceDisk':
      return command.lost === undefined ? 'emptyDisk' : 'olderDisk'
    case 'partition':
    case 'slowLink':
    case 'halfOpen':
    case 'pause':
    case 'slowDisk':
    case 'flip':
    case 'drift':
    case 'jump':
    case 'drop':
    case 'reconfigure':
    case 'stranger':
      return command.kind
    case 'advance':
    case 'request':
    case 'restart':
    case 'heal':
    case 'mend':
      return undefined
  }
}

/** Of the words of a crash the rarest names it. */
const crashOf = ({ effect, at, loss }: Extract<Command, { readonly kind: 'crash' }>): FaultName => {
  if (loss === 'scattered') return 'scatteredWrites'
  if (at !== undefined) return at === 'rename' ? 'lostRename' : 'crashAtSync'
  return effect === undefined ? 'crash' : 'crashAtEffect'
}

/** A schedule that was not drawn from the atlas is held to it, fault by fault. */
export const isAllowed = (faults: readonly FaultName[]): ((command: Command) => boolean) => {
  const allowed = new Set(faults)
  return (command) => {
    const fault = faultOf(command)
    return fault === undefined || allowed.has(fault)
  }
}

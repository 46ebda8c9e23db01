/**
 * Mistakes of reconfiguration, planted: what an exploration with reconfigurations has to find. As rules, or around the core's
 * step.
 */
import type { Peer } from '../../src/core/peer.js'
import { step } from '../../src/core/peer.js'
import type { QuorumSystem } from '../../src/core/quorum.js'
import { isQuorum } from '../../src/core/quorum.js'
import type { PremiseId, Premises, Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import type { ServerId } from '../../src/core/server-id.js'
import { withConfigurations } from '../../src/core/state.js'
import type { CoreProgram } from './program.js'

export interface Fault {
  readonly rules: Rules
  readonly program?: CoreProgram
}

// --- rules

type Asks = (systems: readonly QuorumSystem[], isIn: (server: ServerId) => boolean) => boolean

/** While a reconfiguration is under way the committed configuration stands first, and the proposed one last. */
const ofCommitted: Asks = (systems, isIn) => systems.slice(0, 1).every((system) => isQuorum(system, isIn))
const ofProposed: Asks = (systems, isIn) => systems.slice(-1).every((system) => isQuorum(system, isIn))

type QuorumPremise = Extract<PremiseId, 'DISC-2.quorum' | 'DISC-5.quorum' | 'SYNC-3.quorum' | 'BCAST-5.quorum'>

const withPremises = (other: Partial<Premises>): Fault => ({
  rules: { ...rules, premises: { ...rules.premises, ...other } },
})

const asking = (asks: Asks, ...premises: readonly QuorumPremise[]): Fault =>
  withPremises(Object.fromEntries(premises.map((premise) => [premise, asks])))

// --- programs

const running = (program: CoreProgram): Fault => ({ rules, program })

/** As Apache's leader does: NEWLEADER carries what it has last seen, also when that may still be lost. */
const offersLastSeen: CoreProgram = (config, before, event) => {
  const after = step(config, before, event)
  const { lastSeen } = after.state.configuration
  return {
    ...after,
    effects: after.effects.map((effect) =>
      effect.kind === 'Send' && effect.message.type === 'NEWLEADER'
        ? { ...effect, message: { ...effect.message, configuration: lastSeen } }
        : effect,
    ),
  }
}

/** RECFG-4: only what is committed is known after a start. */
const forgetsLastSeen: CoreProgram = (config, before, event) => {
  const after = step(config, before, event)
  return event.kind === 'Started'
    ? { ...after, state: knowing(after.state, after.state.configuration.committed) }
    : after
}

const knowing = <T>(peer: Peer<T>, lastSeen: Peer<T>['configuration']['committed']): Peer<T> =>
  withConfigurations(peer, { ...peer.configuration, lastSeen })

/** RECFG-5: what is logged counts at once. */
const activatesWhatIsLogged: CoreProgram = (config, before, event) => {
  const after = step(config, before, event)
  const { lastSeen } = after.state.configuration
  const isNew = lastSeen !== before.configuration.lastSeen && after.state.history !== before.history
  return isNew ? { ...after, state: withConfigurations(after.state, { committed: lastSeen, lastSeen }) } : after
}

// --- all of them

export const faults = {
  'commits by the committed configuration alone': asking(ofCommitted, 'BCAST-5.quorum'),
  'commits by the proposed configuration alone': asking(ofProposed, 'BCAST-5.quorum'),
  'discovery asks the committed configuration alone': asking(ofCommitted, 'DISC-2.quorum', 'DISC-5.quorum'),
  'discovery asks the proposed configuration alone': asking(ofProposed, 'DISC-2.quorum', 'DISC-5.quorum'),
  'is established by the committed configuration alone': asking(ofCommitted, 'SYNC-3.quorum'),
  'is established by the proposed configuration alone': asking(ofProposed, 'SYNC-3.quorum'),
  'several reconfigurations at once': withPremises({ 'RECFG-1.single': () => true }),
  'an established leader offers what it has last seen': running(offersLastSeen),
  'what was last seen is forgotten at a start': running(forgetsLastSeen),
  'what is logged is in force': running(activatesWhatIsLogged),
} as const satisfies Readonly<Record<string, Fault>>

/** For each mutant that is no harmless one, an attack. */
import type { Attack } from './attacks/attack.js'
import { attacksOnBroadcast } from './attacks/broadcast.js'
import { attacksByHand } from './attacks/by-hand.js'
import { attacksOnRecovery } from './attacks/recovery.js'

export const attacks: readonly Attack[] = [...attacksOnRecovery, ...attacksOnBroadcast, ...attacksByHand]

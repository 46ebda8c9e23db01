/**
 * Who may speak on the ports of servers, as far as that is a matter of what the configurations list. DISC-9, RECFG-10.
 *
 * Nobody proves who he is. A server that no configuration lists is a stranger: let in only where the ensemble may change,
 * and never in a member's place. Where a member comes from is asked by whoever knows addresses.
 */
import type { ServerId } from '../core/configuration.js'

export type Admission =
  | { readonly kind: 'Member' }
  | { readonly kind: 'Stranger' }
  | { readonly kind: 'Refused'; readonly reason: string }

/**
 * @param server who it says it is; undefined: a learner of the old form, which does not say
 * @param isListed does a configuration list that server?
 * @param strangers may servers come that no configuration lists? Where the ensemble may change (RECFG-10).
 */
export const admissionOf = (server: ServerId | undefined, isListed: boolean, strangers: boolean): Admission => {
  if (server !== undefined && isListed) return MEMBER
  if (strangers) return STRANGER
  const reason =
    server === undefined
      ? 'it does not say which server it is'
      : `no configuration lists server ${server}, and reconfigEnabled is off`
  return { kind: 'Refused', reason }
}

const MEMBER: Admission = { kind: 'Member' }
const STRANGER: Admission = { kind: 'Stranger' }

/** A learner that was heard from so lately keeps its connection: nobody takes its place by using its name. DISC-9. */
export const keepsItsPlace = (heardAtMs: number, nowMs: number, aliveMs: number): boolean => nowMs - heardAtMs < aliveMs

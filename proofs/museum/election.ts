/** A judge of what the abstract system does not have: elections. Safety never hangs on them (ELEC-12), progress does. */
import type { Observe } from '../../model/observer.js'

/**
 * ELEC-7: a server takes the lead in the round in which it has been looking. With three voters or more it cannot have
 * changed to another round and been elected in one step, but by votes of an election that is over.
 */
export const judgeElections = <T>({ voters, report }: Parameters<Observe<T>>[0]): ReturnType<Observe<T>> => ({
  started: nothing,
  stepped: (server, before, { role }) => {
    if (before.role.kind !== 'Looking' || role.kind !== 'Leading' || voters.length < 3) return
    const { round } = role.finalVote
    if (round !== before.round)
      report('ELEC-7', `server ${server} is looking in round ${before.round} and leads by votes of round ${round}`)
  },
  sent: nothing,
  written: nothing,
  synced: nothing,
  crashed: nothing,
})

const nothing = (): void => undefined

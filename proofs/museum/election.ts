/** Judges of what the abstract system does not have: elections. Safety never hangs on them (ELEC-12), progress does. */
import type { Observe } from '../../model/observer.js'
import type { Vote } from '../../src/core/vote.js'
import * as Z from '../../src/core/zxid.js'

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
  replaced: nothing,
})

/**
 * ELEC-3: within a round a server changes its vote only for a better one: epoch first, then zxid, then id. Where votes could
 * go round in a circle, an election could go on for ever.
 */
export const judgeVotes = <T>({ report }: Parameters<Observe<T>>[0]): ReturnType<Observe<T>> => ({
  started: nothing,
  stepped: (server, before, after) => {
    if (before.role.kind !== 'Looking' || after.role.kind !== 'Looking' || before.round !== after.round) return
    const { proposal: former } = before.role
    const { proposal: latter } = after.role
    if (former !== latter && order(latter, former) < 0)
      report('ELEC-3', `server ${server} gives up ${showVote(former)} for ${showVote(latter)} in round ${after.round}`)
  },
  sent: nothing,
  written: nothing,
  synced: nothing,
  crashed: nothing,
  replaced: nothing,
})

const order = (first: Vote, second: Vote): number =>
  first.peerEpoch - second.peerEpoch || Z.compare(first.zxid, second.zxid) || first.leader - second.leader

const showVote = ({ leader, zxid, peerEpoch }: Vote): string =>
  `the vote for ${leader} (epoch ${peerEpoch}, last ${Z.show(zxid)})`

const nothing = (): void => undefined

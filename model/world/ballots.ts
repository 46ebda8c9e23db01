/**
 * What the votes of voters stand for, when disks are replaced: by older copies, or by empty ones.
 *
 * All that ZAB proves rests on this: what a voter has said of its disk stays so (RECV-1…6, RECV-10). Hence:
 *
 * 1. An observer may lose anything at any time: it is in no quorum, and nothing rests on what it says (OBS-1, QUO-1).
 * 2. A voter keeps its vote when the disk lacks only records of the log, of which it has told nobody: since the copy it has
 *    acknowledged nothing, neither to a leader nor, as one, to itself (RECV-4, RECV-6, BCAST-4). To everybody else that is a
 *    crash before the sync.
 * 3. Any other voter loses its vote with its disk, and comes back as an observer, as operators do it: it may not report an
 *    empty history to a new leader (DISC-5), nor promise once more what it has promised (DISC-4). Its vote still stands for
 *    the disk that is lost, and it is silent. It votes again, from its next start on, once its currentEpoch is above every
 *    epoch that it had promised: a leader of such an epoch has given it all that its former votes may have committed (SYNC-1,
 *    SYNC-2), and what it promised is over. To be in step with a leader is not enough: an epoch below the promise might come
 *    to an end by a quorum that counts on it.
 * 4. Of the voters a minority at most is without a good disk and a vote: or nothing would ever commit again (LIVE-1).
 * 5. Where there are reconfigurations rule 3 does not hold, nor does rule 4 keep it within bounds: an epoch above the promise
 *    says nothing of another configuration, and a voter that has left may be the one who knows that there is another (RECFG-3).
 *    So whoever has, or had, a vote in any configuration that was proposed keeps its disk but for rule 2, and no disk is
 *    damaged: a server that has no vote now may be given one. Without a vote until now it may lose everything (RECFG-10):
 *    what it said counted nowhere, and before it counts it must say more on a new connection.
 *
 * ELEC-10 is less than rule 3: it keeps an empty server out of elections, but not out of discovery, and knows nothing of what
 * was promised. Safety would hang on elections then, and here it never does (ELEC-12).
 */
import type { ServerId } from '../../src/core/configuration.js'
import * as D from '../../src/service/database.js'
import type { Disk, DiskWrite } from './disk.js'
import { makeDisk } from './disk.js'

/** As what a server comes back: as the member that it was, or as an observer. */
export type Comeback = 'member' | 'observer'

export interface Ballots {
  /** Whether a voter counts in quorums. */
  readonly hasVote: (voter: ServerId) => boolean
  /** What the vote of a voter stands for: its disk, or the one that it has lost and not made good. */
  readonly standsFor: (voter: ServerId) => Disk
  /** The server has said what rests on its disk, or counted it. */
  readonly spoke: (server: ServerId) => void
  /** Whether the voter may lose its disk, and a quorum is left without it. */
  readonly mayLoseDisk: (server: ServerId) => boolean
  /** What a disk with the first `count` writes of its own makes of the server; undefined when it must not have it. */
  readonly comebackWith: (server: ServerId, count: number) => Comeback | undefined
  /** The server, which is down, comes back with that disk. */
  readonly replace: (server: ServerId, count: number, comeback: Comeback) => void
  /** Before a start: gives a voter its vote back if it may have it; true when that has happened. */
  readonly restore: (server: ServerId) => boolean
}

export interface BallotsHost {
  readonly voters: readonly ServerId[]
  readonly disk: (server: ServerId) => Disk
  /** Rule 5: who has, or had, a vote in any configuration that was proposed; undefined where there are no reconfigurations. */
  readonly everVoters?: (() => readonly ServerId[]) | undefined
  /** Rule 3 is not kept. */
  readonly isReckless?: boolean | undefined
}

export const makeBallots = ({ voters, disk, everVoters, isReckless = false }: BallotsHost): Ballots => {
  /** Of voters without a vote, the disk that they had when they last had one. */
  const lost = new Map<ServerId, Disk>()
  /** So many writes had the disk of a server when it last spoke for them. */
  const spokenFor = new Map<ServerId, number>()

  const hasVote = (voter: ServerId): boolean => !lost.has(voter)
  const spoke = (server: ServerId): void => {
    spokenFor.set(server, disk(server).stored().length)
  }

  const isVoter = (server: ServerId): boolean => (everVoters?.() ?? voters).includes(server)

  const mayLoseDisk = (server: ServerId): boolean => {
    if (everVoters !== undefined) return false
    const without = voters.filter((voter) => voter === server || disk(voter).damage() !== undefined || !hasVote(voter))
    return !voters.includes(server) || 2 * without.length < voters.length
  }

  const comebackWith = (server: ServerId, count: number): Comeback | undefined => {
    if (!isVoter(server)) return 'observer'
    if (isReckless) return 'member'
    const isUntold = count >= (spokenFor.get(server) ?? 0) && disk(server).stored().slice(count).every(isOfLog)
    if (hasVote(server) && isUntold) return 'member'
    return mayLoseDisk(server) ? 'observer' : undefined
  }

  const replace = (server: ServerId, count: number, comeback: Comeback): void => {
    const own = disk(server)
    if (comeback === 'observer' && voters.includes(server) && hasVote(server))
      lost.set(server, makeDisk(D.empty, undefined, own.stored()))
    own.revert(count)
  }

  const restore = (server: ServerId): boolean => {
    const former = lost.get(server)
    if (former === undefined || disk(server).currentEpoch() <= former.acceptedEpoch()) return false
    lost.delete(server)
    // From now on its vote stands for all of that.
    spoke(server)
    return true
  }

  return {
    hasVote,
    standsFor: (voter) => lost.get(voter) ?? disk(voter),
    spoke,
    mayLoseDisk,
    comebackWith,
    replace,
    restore,
  }
}

const isOfLog = (write: DiskWrite): boolean => write.kind === 'image' || write.durable.kind === 'Append'

/** Servers that come back with another disk: an older one, or an empty one; within what their votes allow (ballots.ts). */
import type { ServerId } from '../../src/core/configuration.js'
import type { Notification } from '../../src/core/message.js'
import { MINIMAL_VOTE } from '../../src/core/vote.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Observer } from '../observer.js'
import type { Ballots, Comeback } from './ballots.js'
import type { Disk } from './disk.js'
import type { MachineNode } from './node.js'

export interface ReplacementHost {
  readonly ballots: Ballots
  readonly disk: (server: ServerId) => Disk
  readonly nodeOf: (server: ServerId) => Pick<MachineNode, 'crash' | 'start'> | undefined
  readonly observer?: Observer<Transaction> | undefined
  /** For the story. */
  readonly tell: (server: ServerId, what: string) => void
}

export interface Replacement {
  /** Without the last `lost` writes, or without any. Nothing happens where nothing is lost, or ZAB would not survive it. */
  readonly replaceDisk: (server: ServerId, lost: number | undefined) => void
  /** Whether anything would happen. */
  readonly mayReplaceDisk: (server: ServerId, lost: number | undefined) => boolean
  /** As what a process starts now. */
  readonly hasVoteAtStart: (server: ServerId) => boolean
  /**
   * What the server says in an election as the others take it. To them it is a voter still; a vote that nobody could count on
   * in discovery must not make a leader, or elections go on for ever.
   */
  readonly heard: (server: ServerId, notification: Notification) => Notification
}

export const makeReplacement = (host: ReplacementHost): Replacement => {
  const { ballots, disk: diskOf, nodeOf, observer, tell } = host

  const keptOf = (server: ServerId, lost: number | undefined): number =>
    lost === undefined ? 0 : Math.max(0, diskOf(server).stored().length - lost)

  const comebackOf = (server: ServerId, kept: number): Comeback | undefined => {
    const disk = diskOf(server)
    const isOther = kept < disk.stored().length || disk.damage() !== undefined
    return isOther ? ballots.comebackWith(server, kept) : undefined
  }

  const replaceDisk = (server: ServerId, lost: number | undefined): void => {
    const kept = keptOf(server, lost)
    const by = comebackOf(server, kept)
    if (by === undefined) return
    nodeOf(server)?.crash('all')
    ballots.replace(server, kept, by)
    observer?.replaced(server, diskOf(server).recover().durable, by)
    if (!ballots.hasVote(server)) tell(server, 'has lost what its vote stands for, and comes as an observer')
    nodeOf(server)?.start()
  }

  const hasVoteAtStart = (server: ServerId): boolean => {
    if (ballots.restore(server)) {
      tell(server, 'votes again')
      observer?.replaced(server, diskOf(server).recover().durable, 'member')
    }
    return ballots.hasVote(server)
  }

  return {
    replaceDisk,
    mayReplaceDisk: (server, lost) => comebackOf(server, keptOf(server, lost)) !== undefined,
    hasVoteAtStart,
    heard: (server, notification) => (ballots.hasVote(server) ? notification : { ...notification, vote: MINIMAL_VOTE }),
  }
}

/** What the checks of the world look at. */
import type { ServerId } from '../../../src/core/configuration.js'
import type { Database } from '../../../src/service/database.js'
import type { Ballots } from '../ballots.js'
import type { Disk } from '../disk.js'

export type Report = (clause: string, what: string) => void

export interface ChecksHost {
  readonly voters: readonly ServerId[]
  readonly disk: (server: ServerId) => Disk
  /** Where disks are replaced. */
  readonly ballots?: Pick<Ballots, 'hasVote' | 'standsFor'>
  readonly digestOf: (database: Database) => bigint
  readonly report: Report
}

/** The voters, and what their votes stand for. */
export interface Electorate {
  /** A voter that counts. */
  readonly counts: (server: ServerId) => boolean
  /** The voters whose votes stand for a disk of which that is so. */
  readonly behind: (isSo: (disk: Disk) => boolean) => readonly ServerId[]
  readonly isQuorum: (voters: readonly ServerId[]) => boolean
}

export const makeElectorate = ({ voters, disk, ballots }: ChecksHost): Electorate => ({
  counts: (server) => voters.includes(server) && ballots?.hasVote(server) !== false,
  behind: (isSo) => voters.filter((voter) => isSo(ballots?.standsFor(voter) ?? disk(voter))),
  isQuorum: (some) => 2 * some.length > voters.length,
})

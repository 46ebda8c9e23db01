/** What the checks of the world look at. */
import type { Configuration, ServerId } from '../../../src/core/configuration.js'
import type { Database } from '../../../src/service/database.js'
import type { Ballots } from '../ballots.js'
import type { Disk } from '../disk.js'
import type { Configurations, Voters } from './configurations.js'
import { makeConfigurations } from './configurations.js'

export type Report = (clause: string, what: string) => void

export interface ChecksHost {
  readonly voters: readonly ServerId[]
  readonly disk: (server: ServerId) => Disk
  /** Where disks are replaced. */
  readonly ballots?: Pick<Ballots, 'hasVote' | 'standsFor'>
  /** The first configuration, where operators may change it. */
  readonly ensemble?: Configuration | undefined
  /** Where operators may change it. */
  readonly configurations?: Configurations | undefined
  /** Whether the server, as its process sees it, leads or tries to. */
  readonly isLeading?: (server: ServerId) => boolean
  readonly digestOf: (database: Database) => bigint
  readonly report: Report
}

/** Who votes, and what the votes stand for. */
export interface Electorate {
  readonly configurations: Configurations
  /** One that counts, now or in a configuration that was or may come. */
  readonly counts: (server: ServerId) => boolean
  /** Those whose votes stand for a disk of which that is so. */
  readonly behind: (isSo: (disk: Disk) => boolean) => Voters
  readonly isQuorum: (some: Voters, ofEach: readonly Voters[]) => boolean
}

export const makeElectorate = ({ voters, disk, ballots, configurations, report }: ChecksHost): Electorate => {
  const known = configurations ?? makeConfigurations(voters, false, report)
  return {
    configurations: known,
    counts: (server) => known.everVoters().includes(server) && ballots?.hasVote(server) !== false,
    behind: (isSo) => known.everVoters().filter((voter) => isSo(ballots?.standsFor(voter) ?? disk(voter))),
    isQuorum: (some, ofEach) =>
      ofEach.every((all) => 2 * all.filter((voter) => some.includes(voter)).length > all.length),
  }
}

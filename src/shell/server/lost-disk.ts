/**
 * Warnings of a server whose data directory was empty at its start, without the operator's word that it may be: a new
 * server, or one that has lost its disk. Which of the two, its peers tell.
 */
import type { Durable } from '../../core/effect.js'
import type { Notification } from '../../core/message.js'
import { isVoter, votersOf } from '../../core/quorum.js'
import type { ServerId } from '../../core/server-id.js'
import * as Z from '../../core/zxid.js'
import type { ServerConfiguration } from '../configuration/server-configuration.js'
import type { LastEnsemble } from '../storage/last-ensemble.js'
import type { Recovered } from '../storage/recovery.js'
import type { Log } from './log.js'

export interface LostDiskAlarm {
  /** A notification has come. */
  readonly hears: (from: ServerId, notification: Notification) => void
  /** This is about to be made durable. */
  readonly persists: (durable: Durable<unknown>) => void
}

const SILENT: LostDiskAlarm = { hears: () => undefined, persists: () => undefined }

/** Warns at once when there is reason to, and once more when a peer turns out to have history. */
export const makeLostDiskAlarm = (
  { dataDir, dataLogDir, self }: ServerConfiguration,
  belongsTo: LastEnsemble,
  { durable, found }: Pick<Recovered, 'durable' | 'found'>,
  log: Pick<Log, 'warn'>,
): LostDiskAlarm => {
  if (found.state !== 'Empty' || belongsTo.kind === 'Alone') return SILENT
  const { quorums } = belongsTo.configuration
  // One that does not vote has helped nobody to forget; one that is alone has nobody to hear from.
  if (!isVoter(quorums, self) || votersOf(quorums).every((id) => id === self)) return SILENT
  log.warn(durable.trusted ? emptyAndTrusted(dataDir, dataLogDir) : emptyAndUntrusted(dataDir, dataLogDir))
  let hasWarned = false
  const warn = (text: string): void => {
    if (!hasWarned) log.warn(text)
    hasWarned = true
  }
  return {
    hears: (from, { state, vote }) => {
      // The vote of a server that looks may be ours, come back; whoever it is for, somebody has that history.
      const hasHistory = vote.peerEpoch > 0 || (Z.isAfter(vote.zxid, Z.ZERO) && !Z.equals(vote.zxid, Z.UNTRUSTED))
      const isOwnEnsemble = state === 'LOOKING' && vote.leader === self
      if (from !== self && isVoter(quorums, from) && hasHistory && !isOwnEnsemble)
        warn(peersHaveHistory(dataDir, `server ${from}`, durable.trusted))
    },
    persists: (change) => {
      if (change.kind === 'Snapshot' && (Z.isAfter(change.zxid, Z.ZERO) || change.entries.length > 0))
        warn(peersHaveHistory(dataDir, 'the leader', durable.trusted))
    },
  }
}

const emptyAndTrusted = (dataDir: string, dataLogDir: string): string =>
  `${dataDir} is empty. If this server is new, all is well (the empty file ${dataLogDir}/initialize says so, and ends this ` +
  'warning). If it has held data before, writes that it acknowledged are gone here, and lost for all when a majority of ' +
  'the servers is in this state. Remedy: stop it, and start it again when a majority that has its data serves; with ' +
  'db.autocreate=false it waits for that by itself'

const emptyAndUntrusted = (dataDir: string, dataLogDir: string): string =>
  `${dataDir} is empty, and db.autocreate is false: this server takes no part in elections until a leader has given it ` +
  `the data. Remedy: if it is new, stop it and create the empty file ${dataLogDir}/initialize`

const peersHaveHistory = (dataDir: string, who: string, trusted: boolean): string =>
  `${who} has history, and ${dataDir} was empty at the start` +
  (trusted
    ? ': if this server has held data before, its vote may have helped to forget writes that were acknowledged. ' +
      'Remedy: make sure that a majority of the servers has kept its data; otherwise stop all, and restore the data of one ' +
      'that has'
    : ': it will be fetched once a majority that has data leads. If no majority has kept its data, do not create initialize ' +
      'here, which would forget what was acknowledged: see docs/data-directory.md')

/**
 * Which configurations a server knows: the last committed one, C, and the last one it has seen, S. RECFG-4, 5, 6, 9.
 *
 * S is what the own log says: its last reconfiguration after C, or C itself. It is durable because the log is. C is stored
 * when it changes, since the servers that have left may be gone when the log is read again. Nothing here decides who
 * counts; membership.ts does, with both.
 */
import type { CoreConfig } from './config.js'
import type { Configuration, ServerId } from './configuration.js'
import type { History } from './history.js'
import { indexAfter } from './history.js'
import type { Entry } from './message.js'
import { isVoter } from './quorum.js'
import * as S from './sequence.js'
import type { Configurations, Peer } from './state.js'
import type { Outcome } from './step.js'
import { persist, stay } from './step.js'
import type { Zxid } from './zxid.js'
import * as Z from './zxid.js'

export const isEnabled = (config: CoreConfig): boolean => config.reconfiguration === 'Enabled'

const newer = (first: Configuration, second: Configuration): Configuration =>
  Z.isAfter(second.version, first.version) ? second : first

/** An entry of the log that counts as a reconfiguration here. */
export const proposedBy = <T>(config: CoreConfig, { zxid, configuration }: Entry<T>): Configuration | undefined =>
  configuration === undefined || !isEnabled(config) ? undefined : { ...configuration, version: zxid }

/**
 * RECFG-4: the log has grown by this entry. A leader proposes the next reconfiguration only when the one before is committed
 * (RECFG-1), so the second of two in a log tells that the first one is.
 */
export const afterLogging = <T>(config: CoreConfig, known: Configurations, entry: Entry<T>): Configurations => {
  const proposed = proposedBy(config, entry)
  // NEWLEADER may have told of it before: then this is the same one, and tells nothing of itself.
  return proposed === undefined || !Z.isAfter(proposed.version, known.lastSeen.version)
    ? known
    : { committed: known.lastSeen, lastSeen: proposed }
}

/** RECFG-4: after a start, or a change of the log that took something away: all that the log says after C. */
export const fromLog = <T>(config: CoreConfig, committed: Configuration, history: History<T>): Configurations =>
  isEnabled(config)
    ? S.slice(history.entries, indexAfter(history, committed.version)).reduce<Configurations>(
        (known, entry) => afterLogging(config, known, entry),
        { committed, lastSeen: committed },
      )
    : { committed, lastSeen: committed }

/** The newer of what is stored and what the static file says. RECFG-4, RECFG-9. */
export const recovered = (config: CoreConfig, stored: Configuration | undefined): Configuration =>
  stored === undefined || !isEnabled(config) ? config.ensemble : newer(config.ensemble, stored)

/** RECFG-4: an image holds committed configurations only. */
export const committedIn = (
  config: CoreConfig,
  committed: Configuration,
  image: Configuration | undefined,
): Configuration => (image === undefined || !isEnabled(config) ? committed : newer(committed, image))

export const newest = (
  first: Configuration | undefined,
  second: Configuration | undefined,
): Configuration | undefined => (first === undefined || second === undefined ? (first ?? second) : newer(first, second))

/** RECFG-6: NEWLEADER brings what will be committed once its sender is established. */
export const seeing = (known: Configurations, offered: Configuration | undefined): Configurations =>
  offered === undefined ? known : { ...known, lastSeen: newer(known.lastSeen, offered) }

/** RECFG-9: what static files say was never agreed on; the first epoch gives it a version. */
export const withFirstVersion = (config: CoreConfig, known: Configurations, epoch: Z.Epoch): Configurations =>
  isEnabled(config) && Z.equals(known.committed.version, Z.ZERO) && Z.equals(known.lastSeen.version, Z.ZERO)
    ? { ...known, lastSeen: { ...known.lastSeen, version: Z.newLeaderZxid(epoch) } }
    : known

/** RECFG-5: that configuration is committed; it is stored, and nobody waits for it. */
export const activate = <T>(peer: Peer<T>, configuration: Configuration | undefined): Outcome<T> => {
  const { committed, lastSeen } = peer.configuration
  if (configuration === undefined || !Z.isAfter(configuration.version, committed.version)) return stay(peer)
  return persist(
    { ...peer, configuration: { committed: configuration, lastSeen: newer(configuration, lastSeen) } },
    { kind: 'Configuration', configuration },
    { kind: 'Nothing' },
  )
}

/** The last reconfiguration among entries that are being delivered. */
export const lastProposedBy = <T>(config: CoreConfig, entries: readonly Entry<T>[]): Configuration | undefined =>
  entries.reduce<Configuration | undefined>((last, entry) => proposedBy(config, entry) ?? last, undefined)

/** As a follower a server learns that votes, and one that the configuration does not list (RECFG-10). OBS-3. */
export const learnsAs = (config: CoreConfig, { self, configuration }: Peer<unknown>): 'Following' | 'Observing' => {
  const { committed, lastSeen } = configuration
  const isListed = committed.members.some(({ id }) => id === self)
  return isVoter(committed.quorums, self) || isVoter(lastSeen.quorums, self) || (isEnabled(config) && !isListed)
    ? 'Following'
    : 'Observing'
}

/** RECFG-5: a leader that the committed configuration gives no vote must let another one go on. */
export const mayLead = (config: CoreConfig, { configuration }: Peer<unknown>, leader: ServerId): boolean =>
  !isEnabled(config) || isVoter(configuration.committed.quorums, leader)

/** What a notification tells of the sender's configuration. RECFG-7. */
export const toldOf = (
  config: CoreConfig,
  { configuration: { committed } }: Peer<unknown>,
): { readonly configurationVersion: Zxid; readonly configuration?: Configuration } =>
  isEnabled(config)
    ? { configurationVersion: committed.version, configuration: committed }
    : { configurationVersion: committed.version }

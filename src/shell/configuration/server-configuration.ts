/** What one server is started with: zoo.cfg and myid, everything typed and every default filled in. */
import type { Configuration, ServerId } from '../../core/configuration.js'
import type { Address } from '../../service/configuration/server-line.js'

export type { Address } from '../../service/configuration/server-line.js'

/** Allowed unless `4lw.commands.whitelist` says otherwise. ZooKeeper allows srvr only; the others tell as little. */
export const DEFAULT_FOUR_LETTER_WORDS: readonly string[] = ['ruok', 'srvr', 'mntr', 'isro']

/** All that zoo.cfg says. Which of the servers we are is said by `myid`. */
export interface Settings {
  /** Members and quorums. No members at all: a standalone server whose id is not known yet. */
  readonly ensemble: Configuration
  /** One server without quorum and election ports: no server line, or one and `standaloneEnabled` (the default). */
  readonly standalone: boolean
  /** Snapshots, epochs and myid. */
  readonly dataDir: string
  /** Transaction logs; `dataDir` unless told otherwise. */
  readonly dataLogDir: string
  /** From `clientPort` and `clientPortAddress`; the server line of this server, when it names one, comes first. */
  readonly clientAddress: Address | undefined
  readonly tickTimeMs: number
  /** In ticks. */
  readonly initLimit: number
  /** In ticks. */
  readonly syncLimit: number
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  /** Connections from one client host; 0 is no limit. */
  readonly maxClientCnxns: number
  /** Connections of clients in all; 0 is no limit but that of descriptors. */
  readonly maxCnxns: number
  /** Requests that a server holds before it stops reading from clients. */
  readonly globalOutstandingLimit: number
  /** `jute.maxbuffer`: the longest frame, in bytes. */
  readonly maxBufferBytes: number
  /** `ephemeralNodes.total.byte.limit`: of the paths of one session's ephemeral nodes; undefined: what its closing can list. */
  readonly ephemeralLimitBytes: number | undefined
  /** Transactions between two snapshots. */
  readonly snapCount: number
  /** Committed transactions kept to answer DIFF. */
  readonly commitLogCount: number
  /** Transaction logs grow by this much at a time. */
  readonly preAllocSizeKiB: number
  /** `forceSync=no` gives up durability: a power cut may lose acknowledged writes. */
  readonly forceSync: boolean
  readonly autopurge: { readonly snapRetainCount: number; readonly purgeIntervalHours: number }
  /** Bind the quorum and election port on all addresses, not only on that of the server line. */
  readonly quorumListenOnAllIPs: boolean
  /**
   * `reconfigEnabled`: may the ensemble change its members while it runs? Then `ensemble` is only what it began with, or
   * whom a joiner asks first: the data directory keeps what was agreed on since. RECFG-1 … RECFG-10.
   */
  readonly reconfigEnabled: boolean
  /** `db.autocreate`: an empty data directory is a new one. Otherwise only if the file `initialize` says so. ELEC-10. */
  readonly autocreateDatabase: boolean
  /** `startAloneThoughOthersMayHaveNewerWrites=yes`: alone on the data of a larger ensemble, whatever the others have. */
  readonly startAlone: boolean
  /** `membersMayComeFromAnyAddress=yes`: the source address of a member is not compared with that of its server line. */
  readonly membersFromAnywhere: boolean
  /** `skipACL=yes`: access control lists bind nobody. */
  readonly skipAcl: boolean
  /** `4lw.commands.whitelist`. */
  readonly fourLetterWords: 'all' | readonly string[]
}

export interface ServerConfiguration extends Settings {
  /** Our id; a member of `ensemble`. */
  readonly self: ServerId
  /** Where zoo.cfg is, when it has `dynamicConfigFile`: what the ensemble agrees on is written beside it. */
  readonly zooCfgToRewrite?: string
}

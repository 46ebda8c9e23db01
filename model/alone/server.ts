/** One core alone, driven by hand: events in, and what the last event brought out. */
import type { CoreConfig, Limits } from '../../src/core/config.js'
import { defaultLimits, defaultTiming } from '../../src/core/config.js'
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { DurableState, Effect } from '../../src/core/effect.js'
import type { Event } from '../../src/core/event.js'
import type { ConnectionSide, Entry, Notification, QuorumMessage, ServerState } from '../../src/core/message.js'
import type { Peer } from '../../src/core/peer.js'
import { initial, step } from '../../src/core/peer.js'
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import * as S from '../../src/core/sequence.js'
import type { TimerName } from '../../src/core/timer.js'
import type { Vote } from '../../src/core/vote.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import { emptyDisk, ensembleOf } from './settings.js'

export interface Setting {
  readonly voters?: readonly ServerId[]
  readonly observers?: readonly ServerId[]
  readonly ensemble?: Configuration
  readonly rules?: Rules
  readonly limits?: Partial<Limits>
  readonly reconfiguration?: CoreConfig['reconfiguration']
  readonly disk?: Partial<DurableState<string>>
}

/** Of a server whose ensemble may be reconfigured. */
export const enabled = { reconfiguration: 'Enabled' } as const

export const configuration = (
  voters: readonly ServerId[],
  version = '0:0',
  observers: readonly ServerId[] = [],
): Configuration => ({ ...ensembleOf(voters, observers), version: z(version) })

/** Three voters in one group; the third weighs nothing (QUO-2). */
export const weightless: Configuration = {
  ...ensembleOf([1, 2, 3]),
  quorums: {
    kind: 'Hierarchical',
    groups: [
      {
        id: 1,
        members: [
          { id: 1, weight: 1 },
          { id: 2, weight: 1 },
          { id: 3, weight: 0 },
        ],
      },
    ],
  },
}

/** `1:2` as a zxid. */
export const z = (text: string): Zxid => {
  const [epoch = '', counter = ''] = text.split(':')
  return Z.zxid(Number(epoch), Number(counter))
}

/** Entries whose transaction is their own zxid; `1:2=x` names another. */
export const entries = (...texts: readonly string[]): readonly Entry<string>[] =>
  texts.map((text) => {
    const [zxid = '', transaction = zxid] = text.split('=')
    return { zxid: z(zxid), transaction }
  })

export const entry = (text: string): Entry<string> => {
  const [first] = entries(text)
  if (first === undefined) throw new Error('no entry')
  return first
}

export const diskOf = (
  acceptedEpoch: number,
  currentEpoch: number,
  ...log: readonly string[]
): DurableState<string> => ({
  ...emptyDisk,
  acceptedEpoch,
  currentEpoch,
  entries: S.fromArray(entries(...log)),
})

export const vote = (leader: ServerId, zxid = '0:0', peerEpoch = 0): Vote => ({ leader, zxid: z(zxid), peerEpoch })

export class Server {
  peer: Peer<string>
  readonly config: CoreConfig
  /** Effects and clauses of the last event. */
  effects: readonly Effect<string>[] = []
  clauses: readonly string[] = []

  constructor(
    readonly self: ServerId,
    setting: Setting = {},
  ) {
    this.config = {
      self,
      ensemble: setting.ensemble ?? ensembleOf(setting.voters ?? [1, 2, 3], setting.observers),
      reconfiguration: setting.reconfiguration ?? 'Disabled',
      timing: defaultTiming,
      limits: { ...defaultLimits, ...setting.limits },
      rules: setting.rules ?? rules,
    }
    this.peer = initial(this.config)
    this.on({ kind: 'Started', durable: { ...emptyDisk, ...setting.disk } })
  }

  on(event: Event<string>): this {
    const { state, effects, clauses } = step(this.config, this.peer, event)
    this.peer = state
    this.effects = effects
    this.clauses = clauses
    return this
  }

  hears(from: ServerId, voted: Vote, round = 1, state: ServerState = 'LOOKING'): this {
    const notification: Notification = { state, vote: voted, round, configurationVersion: Z.ZERO }
    return this.on({ kind: 'Notified', from, notification })
  }

  receives(from: ServerId, side: ConnectionSide, ...messages: readonly QuorumMessage<string>[]): this {
    for (const message of messages) this.on({ kind: 'Received', from, side, message })
    return this
  }

  connects(from: ServerId, side: ConnectionSide): this {
    return this.on({ kind: 'Connected', from, side })
  }

  loses(from: ServerId, side: ConnectionSide): this {
    return this.on({ kind: 'Disconnected', from, side })
  }

  fires(timer: TimerName): this {
    return this.on({ kind: 'TimerFired', timer })
  }

  /** Everything written so far becomes durable. */
  syncs(token = this.peer.nextToken - 1): this {
    return this.on({ kind: 'Persisted', token })
  }

  submits(transaction: string): this {
    return this.on({ kind: 'Submitted', transaction })
  }

  reconfigures(configuration: Configuration, transaction = 'reconfig'): this {
    return this.on({ kind: 'Submitted', transaction, configuration })
  }

  // --- what came out

  /** Messages on the quorum port, in short: `2: COMMIT 1:1`. */
  said(): readonly string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'Send' ? [`${effect.to}: ${showMessage(effect.message)}`] : [],
    )
  }

  notified(): readonly { readonly to: ServerId; readonly notification: Notification }[] {
    return this.effects.flatMap((effect) => (effect.kind === 'Notify' ? [effect] : []))
  }

  written(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'Persist' ? [effect.durable.kind] : []))
  }

  /** Versions of the configurations committed and last seen: `C 1:0 S 1:1`. */
  configurations(): string {
    const { committed, lastSeen } = this.peer.configuration
    return `C ${Z.show(committed.version)} S ${Z.show(lastSeen.version)}`
  }

  delivered(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'Deliver' ? [effect.entry.transaction] : []))
  }

  did(kind: Effect<string>['kind']): boolean {
    return this.effects.some((effect) => effect.kind === kind)
  }

  set(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'SetTimer' ? [`${effect.timer} ${effect.afterMs}`] : []))
  }

  cancelled(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'CancelTimer' ? [effect.timer] : []))
  }

  closed(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'Disconnect' ? [`${effect.side} ${effect.from}`] : []))
  }

  get role(): string {
    return this.peer.role.kind
  }

  get phase(): string {
    const { role } = this.peer
    return 'phase' in role ? role.phase.kind : role.kind
  }

  log(): readonly string[] {
    return S.toArray(this.peer.history.entries).map(({ zxid }) => Z.show(zxid))
  }
}

export const showMessage = (message: QuorumMessage<string>): string => {
  switch (message.type) {
    case 'FOLLOWERINFO':
      return `FOLLOWERINFO ${message.role} ${message.acceptedEpoch}`
    case 'ACKEPOCH':
      return `ACKEPOCH ${message.currentEpoch} ${Z.show(message.lastZxid)}`
    case 'LEADERINFO':
    case 'NEWLEADER':
      return `${message.type} ${message.epoch}`
    case 'PROPOSAL':
    case 'INFORM':
    case 'INFORMANDACTIVATE':
      return `${message.type} ${Z.show(message.entry.zxid)}`
    case 'UPTODATE':
      return message.type
    default:
      return `${message.type} ${Z.show(message.zxid)}`
  }
}

// --- messages

export const followerInfo = (
  acceptedEpoch: number,
  role: 'participant' | 'observer' = 'participant',
  version = '0:0',
) => ({ type: 'FOLLOWERINFO', role, acceptedEpoch, configurationVersion: z(version) }) as const
export const leaderInfo = (epoch: number) => ({ type: 'LEADERINFO', epoch }) as const
export const ackEpoch = (currentEpoch: number, lastZxid: string) =>
  ({ type: 'ACKEPOCH', currentEpoch, lastZxid: z(lastZxid) }) as const
export const ack = (zxid: string) => ({ type: 'ACK', zxid: z(zxid) }) as const
export const proposal = (text: string) => ({ type: 'PROPOSAL', entry: entry(text) }) as const
export const inform = (text: string) => ({ type: 'INFORM', entry: entry(text) }) as const
export const commit = (zxid: string) => ({ type: 'COMMIT', zxid: z(zxid) }) as const
export const sync = (type: 'DIFF' | 'TRUNC' | 'SNAP', zxid: string) => ({ type, zxid: z(zxid) }) as const
export const newLeader = (epoch: number, configuration?: Configuration) =>
  ({ type: 'NEWLEADER', epoch, ...(configuration === undefined ? {} : { configuration }) }) as const
export const upToDate = { type: 'UPTODATE' } as const
export const ping = (zxid: string) => ({ type: 'PING', zxid: z(zxid) }) as const

// --- servers that have come some way

/** Server 3 of three, elected with the vote of server 2, waiting for FOLLOWERINFO. */
export const elected = (setting: Setting = {}): Server => {
  const server = new Server(3, setting)
  const { role, round } = server.peer
  if (role.kind !== 'Looking') return server
  return server.hears(2, role.proposal, round).fires('election.finalize')
}

/** Server 3, with server 2 as its only learner, waiting for the ACK of NEWLEADER. */
export const synchronizing = (
  setting: Setting = {},
  learner = { acceptedEpoch: 0, currentEpoch: 0, lastZxid: '0:0' },
): Server => {
  const server = elected(setting)
  server.connects(2, 'learner').receives(2, 'learner', followerInfo(learner.acceptedEpoch)).syncs()
  return server.receives(2, 'learner', ackEpoch(learner.currentEpoch, learner.lastZxid)).syncs()
}

/** Server 3 as established leader of epoch 1, server 2 synced. */
export const established = (setting: Setting = {}): Server => synchronizing(setting).receives(2, 'learner', ack('1:0'))

/** A learner `id` joins an established leader and acknowledges NEWLEADER. */
export const joins = (
  leader: Server,
  id: ServerId,
  role: 'participant' | 'observer' = 'participant',
  lastZxid = '0:0',
): Server => {
  const { phase } = leader.peer.role.kind === 'Leading' ? leader.peer.role : { phase: undefined }
  const epoch = phase?.kind === 'Broadcasting' ? phase.epoch : 0
  return leader
    .connects(id, 'learner')
    .receives(id, 'learner', followerInfo(0, role), ackEpoch(0, lastZxid), ack(`${epoch}:0`))
}

/** Server 1 following server 3, connected, waiting for LEADERINFO. */
export const following = (setting: Setting = {}): Server => {
  const server = new Server(1, setting)
  const voted = vote(3, '9:9', 9)
  server.hears(3, voted).hears(2, voted)
  // Where configurations change, all voters are not enough to end at once.
  if (server.role === 'Looking') server.fires('election.finalize')
  return server.connects(3, 'leader')
}

/** Server 1 after ACKEPOCH of `epoch`. */
export const promised = (setting: Setting = {}, epoch = 1): Server =>
  following(setting).receives(3, 'leader', leaderInfo(epoch)).syncs()

/** Server 1 in the broadcast phase of epoch 1 under server 3. */
export const broadcasting = (setting: Setting = {}): Server =>
  promised(setting).receives(3, 'leader', sync('DIFF', '0:0'), newLeader(1)).syncs().receives(3, 'leader', upToDate)

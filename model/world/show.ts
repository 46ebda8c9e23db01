/** Short texts for what servers say and are. */
import * as Z from '../../src/core/zxid.js'
import type { Configuration, MemberRole } from '../../src/core/configuration.js'
import type { Durable, Service } from '../../src/core/effect.js'
import type { Packet } from '../../src/server/packet.js'
import type { ServerEvent } from '../../src/server/event.js'
import type { Server } from '../../src/server/state.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Weight } from './journal.js'

export const showPacket = (packet: Packet): string => {
  switch (packet.type) {
    case 'FOLLOWERINFO':
      return `${packet.role === 'observer' ? 'OBSERVERINFO' : 'FOLLOWERINFO'} accepted ${packet.acceptedEpoch}`
    case 'ACKEPOCH':
      return `ACKEPOCH current ${packet.currentEpoch}, last ${Z.show(packet.lastZxid)}`
    case 'LEADERINFO':
    case 'NEWLEADER':
      return `${packet.type} ${packet.epoch}`
    case 'PROPOSAL':
    case 'INFORM':
      return `${packet.type} ${Z.show(packet.entry.zxid)} ${packet.entry.transaction.record.type}`
    case 'COMMITANDACTIVATE':
      return `${packet.type} ${Z.show(packet.zxid)}, ${packet.leader} goes on`
    case 'INFORMANDACTIVATE':
      return `${packet.type} ${Z.show(packet.entry.zxid)}, ${packet.leader} goes on`
    case 'UPTODATE':
    case 'SYNC':
      return packet.type
    case 'REQUEST':
      return `REQUEST ${packet.request.request.op}`
    case 'REVALIDATE':
    case 'REVALIDATED':
      return packet.type
    default:
      return `${packet.type} ${Z.show(packet.zxid)}`
  }
}

/** An event in a few words. */
export const showEvent = (event: ServerEvent): string => {
  switch (event.kind) {
    case 'Received':
      return `receives ${showPacket(event.packet)} from ${event.from}`
    case 'Notified':
      return `hears the vote of ${event.from} for ${event.notification.vote.leader}`
    case 'Connected':
    case 'Disconnected':
      return `is ${event.kind.toLowerCase()}: ${event.side} ${event.from}`
    case 'TimerFired':
      return `timer ${event.timer}`
    case 'Persisted':
      return `has its writes durable up to token ${event.token}`
    default:
      return event.kind
  }
}

export const showService = (service: Service): string => {
  switch (service.kind) {
    case 'NotServing':
      return 'serves no clients'
    case 'Leader':
      return `LEADS epoch ${service.epoch}`
    case 'Follower':
      return `follows ${service.leader} in epoch ${service.epoch}`
    case 'Observer':
      return `observes ${service.leader} in epoch ${service.epoch}`
  }
}

/** Who votes, and who observes. */
export const showConfiguration = ({ version, members }: Configuration): string => {
  const named = (what: string, role: MemberRole): readonly string[] => {
    const ids = members.filter((member) => member.role === role).map(({ id }) => id)
    return ids.length === 0 ? [] : [`${what} ${ids.join(', ')}`]
  }
  return `configuration ${Z.show(version)}: ${[...named('voters', 'participant'), ...named('observers', 'observer')].join('; ')}`
}

/** Role and phase. */
export const showRole = ({ peer: { role } }: Server): string => {
  switch (role.kind) {
    case 'Stopped':
      return 'stopped'
    case 'Looking':
      return `looking, votes for ${role.proposal.leader}`
    case 'Following':
    case 'Observing':
      return `${role.kind.toLowerCase()} ${role.leader}: ${role.phase.kind}`
    case 'Leading':
      return `leading: ${role.phase.kind}`
  }
}

export const showDurable = (durable: Durable<Transaction>): string => {
  switch (durable.kind) {
    case 'AcceptedEpoch':
    case 'CurrentEpoch':
      return `writes ${durable.kind} ${durable.epoch}`
    case 'Append':
      return `appends ${durable.entries.map((entry) => Z.show(entry.zxid)).join(' ')}`
    case 'Truncate':
      return `truncates to ${Z.show(durable.zxid)}`
    case 'Snapshot':
      return `stores the image of ${Z.show(durable.zxid)}`
    case 'Configuration':
      return `activates ${showConfiguration(durable.configuration)}`
  }
}

/** An activation tells who decides from now on; a record of the log is one of many. */
export const weightOf = ({ kind }: Durable<Transaction>): Weight => {
  switch (kind) {
    case 'Configuration':
      return 'essential'
    case 'Append':
      return 'detail'
    case 'AcceptedEpoch':
    case 'CurrentEpoch':
    case 'Truncate':
    case 'Snapshot':
      return 'helpful'
  }
}

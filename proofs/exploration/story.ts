/** A counterexample as numbered steps. */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { Notification, QuorumMessage } from '../../src/core/message.js'
import { votersOf } from '../../src/core/quorum.js'
import * as Z from '../../src/core/zxid.js'
import type { Happening } from './happening.js'
import type { Counterexample } from './explore.js'
import type { Transaction } from './site.js'

export const story = ({ objection, happenings }: Counterexample): string => {
  const width = String(happenings.length).length
  const steps = happenings.map(
    (happening, index) => `${String(index + 1).padStart(width)}. ${showHappening(happening)}`,
  )
  const clauses = objection.clauses.length === 0 ? '' : ` (${objection.clauses.join(', ')})`
  return [...steps, `violated: ${objection.id}${clauses}`, `  ${objection.what}`].join('\n')
}

export const showHappening = (happening: Happening): string => {
  const server = `server ${happening.server}`
  switch (happening.kind) {
    case 'Lead':
      return `${server} is told to lead`
    case 'Follow':
      return `${server} is told to follow ${happening.leader}, and dials`
    case 'Dial':
      return `${server} dials ${happening.leader}`
    case 'Redial':
      return `${server} dials ${happening.leader} again`
    case 'Finalize':
      return `${server} has waited long enough for a better vote`
    case 'Resend':
      return `${server} sends its notifications again`
    case 'GiveUp':
      return `${server} gives up and looks for a leader`
    case 'Submit':
      return `transaction ${happening.transaction} is submitted to ${server}`
    case 'Reconfigure':
      return `${server} is asked to let ${list(happening.voters)} vote, and nobody else: a reconfiguration`
    case 'Told':
      return `${server} hears from ${happening.from} of the committed configuration ${showConfiguration(happening.configuration)}`
    case 'Sync':
      return `${server}: ${happening.count === 1 ? 'its oldest write is' : `its ${happening.count} oldest writes are`} durable`
    case 'Crash':
      return `${server} crashes; of its writes on the way ${happening.kept} ${happening.kept === 1 ? 'is' : 'are'} durable, no more; it starts again`
    case 'Drop':
      return `${server} loses its learner ${happening.learner}`
    case 'Lost':
      return `${server} loses the connection to ${happening.from}, and what was on its way there`
    case 'Arrive':
      switch (happening.item.kind) {
        case 'Open':
          return `${server} accepts the connection of ${happening.from}`
        case 'Closed':
          return `${server} sees that ${happening.from} has closed the connection`
        case 'Message':
          return `${server} receives ${showMessage(happening.item.message)} from ${happening.from}`
        case 'Notification':
          return `${server} hears from ${happening.from}, ${showNotification(happening.item.notification)}`
      }
  }
}

const showNotification = ({ state, vote, round }: Notification): string =>
  `${state} in round ${round}: vote for ${vote.leader} (epoch ${vote.peerEpoch}, last ${Z.show(vote.zxid)})`

const showMessage = (message: QuorumMessage<Transaction>): string => {
  switch (message.type) {
    case 'FOLLOWERINFO':
      return `FOLLOWERINFO, accepted epoch ${message.acceptedEpoch}`
    case 'ACKEPOCH':
      return `ACKEPOCH, current epoch ${message.currentEpoch}, last ${Z.show(message.lastZxid)}`
    case 'LEADERINFO':
      return `${message.type} ${message.epoch}`
    case 'NEWLEADER':
      return `${message.type} ${message.epoch}${withConfiguration(message.configuration)}`
    case 'PROPOSAL':
    case 'INFORM':
    case 'INFORMANDACTIVATE':
      return `${message.type} ${Z.show(message.entry.zxid)}${withConfiguration(message.entry.configuration)}`
    case 'UPTODATE':
      return message.type
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
    case 'COMMIT':
    case 'COMMITANDACTIVATE':
    case 'ACK':
    case 'PING':
      return `${message.type} ${Z.show(message.zxid)}`
  }
}

const withConfiguration = (configuration: Configuration | undefined): string =>
  configuration === undefined ? '' : ` with ${showConfiguration(configuration)}`

/** `1:2, in which 1 and 3 vote`. */
const showConfiguration = ({ version, quorums }: Configuration): string => {
  const voters = votersOf(quorums)
  return `${Z.show(version)}, in which ${list(voters)} ${voters.length === 1 ? 'votes' : 'vote'}`
}

/** `1, 2 and 3`. */
const list = (servers: readonly ServerId[]): string =>
  servers.length <= 1 ? servers.join() : `${servers.slice(0, -1).join(', ')} and ${servers.at(-1) ?? ''}`

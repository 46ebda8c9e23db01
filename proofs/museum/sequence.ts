/** What happened on the way of a counterexample, as a mermaid sequence diagram. */
import type { ServerId } from '../../src/core/configuration.js'
import type { QuorumMessage } from '../../src/core/message.js'
import * as Z from '../../src/core/zxid.js'
import type { Counterexample } from '../exploration/explore.js'
import type { Happening } from '../exploration/happening.js'
import { showHappening } from '../exploration/story.js'
import { aboutOf, describeSaying } from '../refinement/sayings.js'

/** Messages as they arrive, what servers do of themselves as notes; a cross is the end of a connection. */
export const sequence = (servers: readonly ServerId[], { objection, happenings }: Counterexample): string => {
  const [first = 1] = servers
  const all = servers.length === 1 ? `S${first}` : `S${first},S${servers.at(-1) ?? first}`
  return [
    'sequenceDiagram',
    ...servers.map((server) => `  participant S${server}`),
    ...happenings.map((happening) => `  ${draw(happening)}`),
    `  Note over ${all}: VIOLATED ${[objection.id, ...objection.clauses].join(' ')}`,
  ].join('\n')
}

const draw = (happening: Happening): string => {
  const { server } = happening
  if (happening.kind === 'Drop') return `S${server}--xS${happening.learner}: closes`
  if (happening.kind === 'Lost') return `S${happening.from}--xS${server}: is lost`
  if (happening.kind === 'Arrive') {
    const { from, item } = happening
    if (item.kind === 'Open') return `S${from}-->>S${server}: connects`
    if (item.kind === 'Closed') return `S${from}--xS${server}: has closed`
    if (item.kind === 'Message') return `S${from}->>S${server}: ${show(item.message)}`
  }
  return `Note over S${server}: ${withoutSubject(showHappening(happening))}`
}

/** The note stands at the server. Mermaid ends a line at a semicolon. */
const withoutSubject = (text: string): string => text.replace(/^server \d+:? /, '').replaceAll(';', ',')

const show = (message: QuorumMessage<unknown>): string => {
  switch (message.type) {
    case 'FOLLOWERINFO':
      return `${message.role === 'observer' ? 'OBSERVERINFO' : message.type} accepted ${message.acceptedEpoch}`
    case 'ACK':
    case 'PING':
      return `${message.type} ${Z.show(message.zxid)}`
    default:
      return describeSaying(aboutOf(message))
  }
}

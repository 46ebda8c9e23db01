/**
 * The real election: the rules of the core as they are, its notifications on their way, its timers. Where the oracle
 * (oracle.ts) is the stronger check of safety, this one shows how elections and the phases behind them go together, and
 * judges elections themselves.
 *
 * The grain. All servers start at once, and their first notifications are on their way. Between two servers notifications
 * keep their order; those on their way to a server are lost when it crashes, and no others: whomever elections name when
 * more is lost, the oracle has named (ELEC-12). `election.finalize` fires at any moment once it is set, so the wait may be
 * shorter than any delay. `election.resend` fires while no notification is on its way to the server or from it: it is for
 * silence. A server that has decided dials at any later time, or gives up before it has reached its leader.
 *
 * What bounds it: how often servers begin to look. What begins one more is judged, and not looked into further. Between two
 * beginnings there is only so much to say: a notification has one answer or none, and votes only get better.
 */
import { defaultLimits } from '../../src/core/config.js'
import type { Event } from '../../src/core/event.js'
import { step } from '../../src/core/peer.js'
import { votersOf } from '../../src/core/quorum.js'
import type { Peer } from '../../src/core/peer.js'
import type { Role } from '../../src/core/state.js'
import { judgeElections, judgeVotes } from '../museum/election.js'
import type { Objection } from './abstraction.js'
import type { Grain } from './grain.js'
import { configurationOf } from './oracle.js'
import type { Transaction } from './site.js'
import { canonical } from './site.js'

/** The normal form of `canonical`, but for all that elections depend on: rounds, votes received, the vote that won. */
const canonicalWithVotes = (peer: Peer<Transaction>): Peer<Transaction> => {
  const plain = canonical(peer)
  return { ...plain, round: peer.round, role: withVotes(plain.role, peer.role) }
}

const withVotes = (plain: Role<Transaction>, role: Role<Transaction>): Role<Transaction> => {
  switch (role.kind) {
    case 'Stopped':
      return role
    case 'Looking':
      // Timers fire whatever they were set to.
      return { ...role, resendAfterMs: 0 }
    case 'Following':
    case 'Observing':
    case 'Leading':
      return 'finalVote' in plain ? { ...plain, finalVote: role.finalVote } : plain
  }
}

/** The election's own checks: ELEC-3 and ELEC-7, as in simulated runs. */
const objectTo: Grain['objectTo'] = (before, event, after) => {
  let objection: Objection | undefined
  const host = {
    voters: votersOf(before.configuration.committed.quorums),
    observers: [],
    report: (id: string, what: string): void => {
      objection ??= { id, what, clauses: [id] }
    },
  }
  const nameless = (): string => ''
  judgeElections<Transaction>(host).stepped(before.self, before, after, nameless)
  judgeVotes<Transaction>(host).stepped(before.self, before, beforeDecision(before, event, after), nameless)
  return objection
}

/** Who decides on hearing somebody who looks has made the vote that won its own first. */
const beforeDecision = (
  { role }: Peer<Transaction>,
  event: Event<Transaction>,
  after: Peer<Transaction>,
): Peer<Transaction> =>
  role.kind === 'Looking' &&
  'finalVote' in after.role &&
  event.kind === 'Notified' &&
  event.notification.state === 'LOOKING'
    ? { ...after, role: { ...role, proposal: after.role.finalVote.vote } }
    : after

export const fast: Grain = {
  hasElections: true,
  step,
  configurationOf: (rules, self, members, voters, window = defaultLimits.committedWindow, reconfiguration) => ({
    ...configurationOf(rules, self, members, voters, window, reconfiguration),
    rules,
  }),
  canonical: canonicalWithVotes,
  objectTo,
}

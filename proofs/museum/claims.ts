/** Servers that claim another last zxid than that of their log: ZOOKEEPER-790 and 2845. */
import * as H from '../../src/core/history.js'
import type { Vote } from '../../src/core/vote.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Peer } from '../../src/core/peer.js'
import type { ServerEffect } from '../../src/server/effect.js'
import type { Server, ServerStep } from '../../src/server/server.js'
import type { Transaction } from '../../src/service/transaction.js'
import { bending, remembering } from './program.js'

/** The step, but wherever the server speaks of the end of its own history it says this: in its vote, in ACKEPOCH, as leader. */
const claiming = (before: Server, step: ServerStep, zxid: Zxid): ServerStep => {
  const { peer } = step.server
  const inVote = (vote: Vote): Vote => (vote.leader === peer.self ? { ...vote, zxid } : vote)
  return {
    ...step,
    server: { ...step.server, peer: claimed(before.peer, peer, inVote, zxid) },
    effects: step.effects.map((effect): ServerEffect => {
      if (effect.kind === 'Notify' && effect.notification.state === 'LOOKING')
        return { ...effect, notification: { ...effect.notification, vote: inVote(effect.notification.vote) } }
      return effect.kind === 'Send' && effect.packet.type === 'ACKEPOCH'
        ? { ...effect, packet: { ...effect.packet, lastZxid: zxid } }
        : effect
    }),
  }
}

/** What the server holds for its own vote and summary agrees with what it says. */
const claimed = (
  before: Peer<Transaction>,
  peer: Peer<Transaction>,
  inVote: (vote: Vote) => Vote,
  zxid: Zxid,
): Peer<Transaction> => {
  const { role, self } = peer
  if (role.kind === 'Looking') {
    const received = new Map(
      [...role.received].map(([id, recorded]) =>
        id === self ? ([id, { ...recorded, vote: inVote(recorded.vote) }] as const) : ([id, recorded] as const),
      ),
    )
    return { ...peer, role: { ...role, proposal: inVote(role.proposal), received } }
  }
  return withClaimedSummary(before, peer, zxid)
}

/** Who takes the lead claims this zxid for the end of its history. */
export const withClaimedSummary = <T>(before: Peer<T>, peer: Peer<T>, lastZxid: Zxid): Peer<T> => {
  const { role } = peer
  return role.kind === 'Leading' && before.role.kind !== 'Leading'
    ? { ...peer, role: { ...role, summary: { ...role.summary, lastZxid } } }
    : peer
}

/**
 * ZOOKEEPER-790. A prospective leader took ⟨e, 0⟩ for its last zxid as soon as it had chosen e, and kept it when its attempt
 * failed. The note is that ⟨e, 0⟩; synchronizing with somebody else wipes it out.
 */
export const leaderZxidTooSoon = remembering<Zxid>(Z.ZERO, (before, _, step, note) => {
  const { peer } = step.server
  const next = claimAfter(peer, note)
  return [Z.isAfter(next, H.lastZxid(peer.history)) ? claiming(before, step, next) : step, next]
})

/** What the server claims after its step, if it claimed `claim` before. */
export const claimAfter = ({ role }: Peer<unknown>, claim: Zxid): Zxid => {
  if (role.kind === 'Leading' && role.phase.kind !== 'CollectingEpochs') return Z.newLeaderZxid(role.phase.epoch)
  const isSynchronized = (role.kind === 'Following' || role.kind === 'Observing') && role.phase.kind === 'Broadcasting'
  return isSynchronized ? Z.ZERO : claim
}

/**
 * ZOOKEEPER-2845. A server that went back to looking kept its memory: it claimed what it had applied, while its log held
 * more. One that has not served since its start has read its log to the end.
 */
export const memoryKept = bending((before, _, step) => {
  const { peer, lastProcessed } = step.server
  const hasServed = peer.history.delivered > 0 || !Z.equals(lastProcessed, peer.history.base)
  return hasServed ? claiming(before, step, H.committedZxid(peer.history)) : step
})

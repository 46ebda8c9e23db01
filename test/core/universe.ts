/**
 * Legal pasts of an ensemble, made by the abstract protocol: epochs follow each other, each takes the most recent history of
 * a quorum, some of the quorum adopt it, and what is proposed reaches some of those. The result is a leader with its history,
 * and a learner whose history diverges in a way that can happen.
 */
import type { Entry } from '../../src/core/message.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import { randomOf } from './random.js'

export interface Universe {
  readonly leader: readonly Entry<string>[]
  /** What of it is committed, or will be. */
  readonly end: Zxid
  /** Where the leader's window begins, and what it has applied. */
  readonly base: Zxid
  readonly applied: Zxid
  readonly lineage: readonly Epoch[]
  readonly learner: readonly Entry<string>[]
  /** What the learner says of itself: a server whose snapshot is labelled ⟨e, 0⟩ says that. */
  readonly reported: Zxid
}

interface Abstract {
  readonly id: number
  currentEpoch: Epoch
  history: readonly Entry<string>[]
}

const lastOf = (history: readonly Entry<string>[]): Zxid => history.at(-1)?.zxid ?? Z.ZERO

const moreRecent = (first: Abstract, second: Abstract): Abstract =>
  second.currentEpoch > first.currentEpoch ||
  (second.currentEpoch === first.currentEpoch && Z.isAfter(lastOf(second.history), lastOf(first.history)))
    ? second
    : first

export const universe = (seed: number): Universe => {
  const random = randomOf(seed)
  const servers: readonly Abstract[] = [1, 2, 3].map((id) => ({ id, currentEpoch: 0, history: [] }))
  const pick = <A>(elements: readonly A[], fallback: A): A => elements[random(elements.length)] ?? fallback
  const quorum = (): readonly Abstract[] => {
    const absent = random(5)
    return servers.filter(({ id }) => id !== absent)
  }
  const leads = (members: readonly Abstract[]): Abstract =>
    members.reduce(moreRecent, members[0] ?? { id: 0, currentEpoch: 0, history: [] })
  let epoch = 0
  const rounds = 1 + random(6)
  for (let round = 0; round < rounds; round++) {
    epoch += 1 + random(2)
    const members = quorum()
    const leader = leads(members)
    // Not every epoch is established: some of the quorum may never acknowledge it.
    const isEstablished = random(4) > 0
    const adopters = isEstablished ? members : members.filter(() => random(2) === 0)
    for (const server of adopters) {
      server.currentEpoch = epoch
      server.history = leader.history
    }
    if (!isEstablished) continue
    const proposals = Array.from({ length: random(5) }, (_, index): Entry<string> => {
      const zxid = Z.zxid(epoch, index + 1)
      return { zxid, transaction: `by ${leader.id}, ${Z.show(zxid)}` }
    })
    for (const server of members)
      server.history = [...server.history, ...(server === leader ? proposals : proposals.slice(0, random(6)))]
  }
  const leader = leads(quorum())
  const learner = pick(
    servers.filter(({ id }) => id !== leader.id),
    leader,
  )
  const summaryEpoch = leader.currentEpoch
  const newEpoch = epoch + 1
  const outstanding = random(3)
  const own = Array.from({ length: random(2) * (1 + outstanding) }, (_, index): Entry<string> => {
    const zxid = Z.zxid(newEpoch, index + 1)
    return { zxid, transaction: `by ${leader.id}, ${Z.show(zxid)}` }
  })
  const isEstablished = own.length > 0
  const history = [...leader.history, ...own]
  const end = isEstablished ? lastOf(history.slice(0, history.length - random(own.length + 1))) : lastOf(history)
  const committed = history.filter(({ zxid }) => !Z.isAfter(zxid, end))
  const base = random(2) === 0 ? Z.ZERO : lastOf(committed.slice(0, random(committed.length + 1)))
  const afterBase = committed.filter(({ zxid }) => Z.isAfter(zxid, base))
  // Before it is established a leader has applied no more than its snapshot; afterwards everything committed.
  const applied = isEstablished ? end : Z.max(base, lastOf(afterBase.slice(0, random(afterBase.length + 1))))
  const isLabelledByEpoch = random(3) === 0 && lastOf(learner.history).epoch < learner.currentEpoch
  return {
    leader: history,
    end,
    base,
    applied,
    lineage: [summaryEpoch, newEpoch],
    learner: learner.history,
    reported: isLabelledByEpoch ? Z.newLeaderZxid(learner.currentEpoch) : lastOf(learner.history),
  }
}

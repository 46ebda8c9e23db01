/**
 * Quorums as elements of the abstract system: for each set of servers that may decide, one element.
 *
 * With fixed quorums the minimal ones are there from the start. When quorums change (RECFG-3), those that are asked for come into
 * being with the first question for them: the minimal sets that hold a quorum of each of the configurations.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { QuorumSystem } from '../../src/core/quorum.js'
import { isQuorum, votersOf } from '../../src/core/quorum.js'

export interface QuorumElement {
  readonly id: number
  readonly members: readonly ServerId[]
}

/** What is asked of servers that are to decide something. */
export interface Asked {
  readonly quorums: readonly QuorumElement[]
  /** Whose quorums these are, for an objection. */
  readonly of: string
  readonly clauses: readonly string[]
}

/** The elements for the quorums of each of the systems. `including`: a server that is in all of them, voter or not. */
export type QuorumsOf = (systems: readonly QuorumSystem[], including?: ServerId) => readonly QuorumElement[]

/** The sets with a quorum of each system of which no member can be spared: what holds of every quorum follows from them. */
export const minimalQuorums = (systems: readonly QuorumSystem[]): readonly (readonly ServerId[])[] => {
  const voters = [...new Set(systems.flatMap(votersOf))]
  const subsets = Array.from({ length: 2 ** voters.length }, (_, bits) =>
    voters.filter((__, index) => (bits >> index) & 1),
  )
  const isOne = (members: readonly ServerId[]): boolean =>
    systems.every((system) => isQuorum(system, (server) => members.includes(server)))
  return subsets.filter(
    (members) => isOne(members) && members.every((spared) => !isOne(members.filter((member) => member !== spared))),
  )
}

/** `make` gives the id of a new element. A set of servers has one element, whoever asks for it. */
export const makeQuorumsOf = (
  first: readonly QuorumElement[],
  make: (members: readonly ServerId[]) => number,
): QuorumsOf => {
  const elements = new Map(first.map((element) => [keyOf(element.members), element]))
  const answers = new Map<string, readonly QuorumElement[]>()
  const elementOf = (members: readonly ServerId[]): QuorumElement => {
    const known = elements.get(keyOf(members))
    if (known !== undefined) return known
    const element = { id: make(members), members }
    elements.set(keyOf(members), element)
    return element
  }
  return (systems, including) => {
    const question = JSON.stringify([systems, including])
    const known = answers.get(question)
    if (known !== undefined) return known
    const sets = minimalQuorums(systems).map((members) =>
      including === undefined || members.includes(including) ? members : [...members, including],
    )
    const answer = sets.map(elementOf)
    answers.set(question, answer)
    return answer
  }
}

const keyOf = (members: readonly ServerId[]): string => members.toSorted((one, other) => one - other).join()

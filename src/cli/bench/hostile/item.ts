/** One hostile input of the menu, and what it is given. */
import type { Address } from '../../../shell/configuration/server-configuration.js'

/** A server as an attacker sees it. */
export interface Target {
  readonly id: number
  /** Of its first process. */
  readonly pid: number
  readonly client: Address
  readonly quorum: Address
  readonly election: Address
}

export interface Arena {
  /** The server under attack: it leads when the attack begins. */
  readonly attacked: Target
  readonly others: readonly Target[]
  /** Reduced sizes: for a quick look. */
  readonly brief: boolean
  readonly seed: number
  /** The time is up: an item that is not done by then ends as it stands. */
  readonly signal: AbortSignal
  /** Tells that the servers are under attack now, and waits until whatever is to happen meanwhile has happened. */
  readonly underAttack: () => Promise<void>
}

/** A question of an item's own, with its answer. */
export interface Check {
  readonly aim: string
  readonly held: boolean
  readonly seen: string
}

export interface Finding {
  /** What the servers legitimately keep of it: paths, data and ACL. */
  readonly storedBytes: number
  readonly checks: readonly Check[]
  /** One line: what was sent, what came back. */
  readonly seen: string
}

export interface Item {
  readonly name: string
  /** One sentence. */
  readonly does: string
  /** The report it is made after. */
  readonly after: string
  /** Part of `--brief`. */
  readonly isQuick: boolean
  /** Shows that the instrument sees a fault, and is run only when it is named. */
  readonly isControl?: true
  /** Further lines of zoo.cfg. */
  readonly settings?: readonly string[]
  /** What the bench does beside the attack, once that is under way. */
  readonly meanwhile?: 'restartFollower'
  /** What the bench does when the attack is over: for what leaves data behind. */
  readonly afterwards: 'nothing' | 'restartAttacked' | 'restartAll'
  readonly attack: (arena: Arena) => Promise<Finding>
}

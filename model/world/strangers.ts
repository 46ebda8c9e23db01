/**
 * Strangers: they come to the ports of servers, are let in or not as the shell does it, and speak while they are there.
 * DISC-9, RECFG-10.
 */
import type { ServerId } from '../../src/core/configuration.js'
import { isListed } from '../../src/core/membership.js'
import type { ServerEvent } from '../../src/server/event.js'
import { admissionOf } from '../../src/server/admission.js'
import type { Command } from './command.js'
import type { Network } from './network.js'
import type { MachineNode } from './node.js'
import type { WorldOptions } from './options.js'
import { ensembleOf, isReconfigurable, serversOf } from './options.js'
import { makeRandom } from './random.js'
import type { Heard } from './stranger-words.js'
import { introductionOf, notificationOf, packetOf } from './stranger-words.js'

type Coming = Extract<Command, { readonly kind: 'stranger' }>

/** So many words at most. One that says nothing more than its name holds a place, and that is all. */
const MAX_WORDS = 8

export interface StrangersHost {
  readonly network: Pick<Network, 'visit'>
  readonly nodeOf: (server: ServerId) => MachineNode | undefined
  readonly schedule: (afterMs: number, run: () => void) => void
  /** When the server is awake. */
  readonly receive: (server: ServerId, event: ServerEvent) => void
}

export interface Strangers {
  readonly come: (command: Coming) => void
  readonly sendAway: () => void
  readonly areHere: () => boolean
}

/** RECFG-10: who says that he is that server may speak to this one, as far as configurations and settings tell. */
export const admits = (options: WorldOptions, at: MachineNode | undefined, claimed: ServerId): boolean =>
  admissionOf(claimed, isKnown(options, at, claimed), isReconfigurable(options)).kind !== 'Refused'

const isKnown = (options: WorldOptions, at: MachineNode | undefined, claimed: ServerId): boolean => {
  const peer = at?.server()?.peer
  return peer !== undefined && isListed(peer, ensembleOf(options), claimed)
}

export const makeStrangers = (options: WorldOptions, host: StrangersHost): Strangers => {
  const servers = serversOf(options)
  const here = new Set<{ readonly leave: () => void }>()

  const come = (command: Coming): void => {
    const { server: to, claims, seed, ms } = command
    const random = makeRandom(seed)
    const node = host.nodeOf(to)
    const visitor = command.port === 'quorum' ? host.network.visit(to, claims) : undefined
    const stay = { leave: () => visitor?.leave() }
    here.add(stay)
    const say = (afterMs: number, speak: (heard: Heard) => void): void => {
      host.schedule(afterMs, () => {
        const server = node?.server()
        if (server !== undefined && here.has(stay))
          speak({ random, server, claims, isServers: servers.includes(claims) })
      })
    }
    if (visitor !== undefined) say(0, (heard) => visitor.say(introductionOf(heard)))
    const words = random.below(MAX_WORDS)
    for (let word = 0; word < words; word += 1)
      say(random.below(ms + 1), (heard) => {
        if (visitor !== undefined) visitor.say(packetOf(heard))
        else if (isHeard(node, to, claims))
          host.receive(to, { kind: 'Notified', from: claims, notification: notificationOf(heard) })
      })
    host.schedule(ms, () => {
      if (here.delete(stay)) stay.leave()
    })
  }

  /**
   * On the election port the larger server calls. Who comes in the name of a smaller one is hung up on, and the member is called
   * where it is known to be; who is no member is called where it says.
   */
  const isHeard = (node: MachineNode | undefined, to: ServerId, claimed: ServerId): boolean =>
    claimed !== to && admits(options, node, claimed) && (claimed > to || !isKnown(options, node, claimed))

  return {
    come,
    sendAway: () => {
      for (const stay of here) stay.leave()
      here.clear()
    },
    areHere: () => here.size > 0,
  }
}

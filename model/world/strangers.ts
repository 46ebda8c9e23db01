/**
 * Strangers: they come to the ports of servers, are let in or not as the shell does it, and speak while they are there.
 * DISC-9, RECFG-10.
 */
import type { ServerId } from '../../src/core/configuration.js'
import { isListed } from '../../src/core/membership.js'
import * as Z from '../../src/core/zxid.js'
import type { ServerEvent } from '../../src/server/event.js'
import { admissionOf } from '../../src/server/admission.js'
import type { Server } from '../../src/server/state.js'
import type { Command, Port } from './command.js'
import type { Network, Visitor } from './network.js'
import type { MachineNode } from './node.js'
import type { WorldOptions } from './options.js'
import { ensembleOf, isReconfigurable, serversOf } from './options.js'
import type { Random } from './random.js'
import { makeRandom } from './random.js'
import type { Heard } from './stranger-words.js'
import { introductionOf, notificationOf, packetOf } from './stranger-words.js'

interface Stay {
  /** Its connection to the quorum port, the last one. */
  caller: Visitor | undefined
  name: ServerId | undefined
}

type Coming = Extract<Command, { readonly kind: 'stranger' }>

/** So many words at most. One that says nothing more than its name holds a place, and that is all. */
const MAX_WORDS = 16
const ALIVE_EVERY_MS = 200
/** One in so many looks it speaks all the same. */
const HASTY = 40
/** So often it looks whether it is worth while to say the next one. */
const LOOKS_EVERY_MS = 50

export interface StrangersHost {
  readonly network: Pick<Network, 'visit' | 'hasLearner'>
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

const listensTo = (port: Port, { peer: { role } }: Server): boolean =>
  role.kind === 'Looking' || (port === 'quorum' && role.kind === 'Leading')

export const makeStrangers = (options: WorldOptions, host: StrangersHost): Strangers => {
  const servers = serversOf(options)
  const here = new Set<Stay>()

  /** In whose name it speaks now: that of a member that is not connected to this port, if not in a certain one. */
  const nameFor = ({ server: to, claims, port }: Coming, random: Random): ServerId | undefined => {
    if (claims !== undefined) return claims
    const members = host.nodeOf(to)?.server()?.peer.configuration.committed.members ?? []
    const absent = members.flatMap(({ id }) =>
      id === to || (port === 'quorum' && host.network.hasLearner(to, id)) ? [] : [id],
    )
    return absent[random.below(absent.length)]
  }

  const come = (command: Coming): void => {
    const { server: to, port, seed, ms } = command
    const random = makeRandom(seed)
    const node = host.nodeOf(to)
    const stay: Stay = { caller: undefined, name: undefined }
    const words = random.below(MAX_WORDS)
    const speak = (server: Server): void => {
      const isConnected = stay.caller?.isOpen() === true
      const claims = isConnected ? stay.name : nameFor(command, random)
      if (claims === undefined) return
      const heard: Heard = { random, server, claims, isServers: servers.includes(claims) }
      if (port === 'election') rumour(to, heard)
      else if (isConnected) stay.caller?.say(packetOf(heard))
      else {
        // The first packet says who it is. Who was hung up on comes again.
        stay.name = claims
        stay.caller = host.network.visit(to, claims)
        stay.caller.say(introductionOf(heard))
        if (random.below(2) === 0) keepAlive(stay, stay.caller)
      }
    }
    /** It knows when it is worth while, mostly: who follows listens least. */
    const talk = (left: number, afterMs: number): void => {
      host.schedule(afterMs, () => {
        const server = node?.server()
        if (!here.has(stay) || left === 0) return
        const isTime = server !== undefined && (listensTo(port, server) || random.below(HASTY) === 0)
        if (isTime) speak(server)
        if (isTime) talk(left - 1, random.below(1 + Math.ceil((2 * ms) / (words + 1))))
        else talk(left, LOOKS_EVERY_MS)
      })
    }
    here.add(stay)
    talk(1 + words, 0)
    host.schedule(ms, () => {
      if (here.delete(stay)) stay.caller?.leave()
    })
  }

  /** Who speaks keeps its place: the member itself is not let in (DISC-9). */
  const keepAlive = (stay: Stay, visitor: Visitor): void => {
    host.schedule(ALIVE_EVERY_MS, () => {
      if (!here.has(stay) || stay.caller !== visitor || !visitor.isOpen()) return
      visitor.say({ type: 'PING', zxid: Z.ZERO, touched: [] })
      keepAlive(stay, visitor)
    })
  }

  const rumour = (to: ServerId, heard: Heard): void => {
    if (isHeard(host.nodeOf(to), to, heard.claims))
      host.receive(to, { kind: 'Notified', from: heard.claims, notification: notificationOf(heard) })
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
      for (const { caller } of here) caller?.leave()
      here.clear()
    },
    areHere: () => here.size > 0,
  }
}

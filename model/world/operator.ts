/** Carries out the commands of a schedule. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Client } from './client.js'
import type { ClientAction, Command } from './command.js'
import { requestOf } from './command.js'
import type { Zxid } from '../../src/core/zxid.js'
import type { Network } from './network.js'
import type { MachineNode } from './node.js'
import { requestOfReconfiguration } from './reconfiguration.js'
import type { Replacement } from './replacement.js'
import type { Strangers } from './strangers.js'

export interface OperatorHost {
  readonly servers: readonly ServerId[]
  readonly nodeOf: (server: ServerId) => MachineNode | undefined
  readonly network: Network
  readonly clients: readonly Client[]
  readonly replacement: Pick<Replacement, 'replaceDisk' | 'mayReplaceDisk'>
  readonly strangers: Strangers
  readonly advance: (ms: number) => void
  /** Version of the last configuration that is known to be committed. */
  readonly lastVersion: () => Zxid
}

export interface Operator {
  readonly perform: (command: Command) => void
  /** A command that does something: the story shows only what changed. */
  readonly changes: (command: Command) => boolean
}

export const makeOperator = (host: OperatorHost): Operator => {
  const { servers, nodeOf, network, clients, replacement, strangers } = host

  const clientOf = (index: number): Client | undefined => clients[index % Math.max(1, clients.length)]

  const isolate = (id: ServerId, direction: 'in' | 'out' | undefined): void => {
    for (const other of servers) {
      if (other === id) continue
      if (direction !== 'in') network.cut(id, other)
      if (direction !== 'out') network.cut(other, id)
    }
  }

  const part = (group: readonly ServerId[]): void => {
    for (const from of servers)
      for (const to of servers) if (group.includes(from) !== group.includes(to)) network.cut(from, to)
  }

  const crash = ({ server, effect, at, loss }: Extract<Command, { readonly kind: 'crash' }>): void => {
    const node = nodeOf(server)
    if (at !== undefined) node?.crashAtSync(at, loss)
    else if (effect !== undefined) node?.crashAtEffect(effect, loss)
    else node?.crash(loss)
  }

  const storm = (path: string, count: number): void => {
    const actions: readonly ClientAction[] = [
      { op: 'exists', path, watch: true },
      { op: 'getChildren', path, watch: true },
      { op: 'getData', path, watch: true },
    ]
    for (const client of clients)
      for (let round = 0; round < count; round += 1) for (const action of actions) client.request(requestOf(action))
  }

  const perform = (command: Command): void => {
    switch (command.kind) {
      case 'advance':
        host.advance(command.ms)
        return
      case 'request':
        clientOf(command.client)?.request(requestOf(command.action))
        return
      case 'move':
        clientOf(command.client)?.moveTo(command.server, command.abrupt === true)
        return
      case 'drop':
        clientOf(command.client)?.drop()
        return
      case 'storm':
        storm(command.path, command.count)
        return
      case 'reconfigure':
        clientOf(command.client)?.request(requestOfReconfiguration(command, host.lastVersion()))
        return
      case 'crash':
        crash(command)
        return
      case 'restart':
        nodeOf(command.server)?.start()
        return
      case 'replaceDisk':
        replacement.replaceDisk(command.server, command.lost)
        return
      case 'pause':
        nodeOf(command.server)?.pauseFor(command.ms)
        return
      case 'cut':
        network.cut(command.from, command.to, command.port)
        return
      case 'isolate':
        isolate(command.server, command.direction)
        return
      case 'partition':
        part(command.group)
        return
      case 'slowLink':
        network.slow(command.from, command.to, command.factor)
        return
      case 'heal':
        network.healAll()
        strangers.sendAway()
        return
      case 'reset':
        network.reset(command.first, command.second, command.partial)
        return
      case 'halfOpen':
        network.halfOpen(command.first, command.second)
        return
      case 'stranger':
        strangers.come(command)
        return
      case 'slowDisk':
        nodeOf(command.server)?.setDiskFactor(command.factor)
        return
      case 'failDisk':
        nodeOf(command.server)?.failDisk(command.error)
        return
      case 'flip':
        nodeOf(command.server)?.flip(command.where)
        return
      case 'drift':
        nodeOf(command.server)?.drift(command.permille)
        return
      case 'jump':
        nodeOf(command.server)?.jump(command.ms)
        return
      case 'stallTimers':
        nodeOf(command.server)?.stallTimersFor(command.ms)
        return
      case 'mend':
        nodeOf(command.server)?.mend()
    }
  }

  const changes = (command: Command): boolean => {
    switch (command.kind) {
      case 'advance':
      case 'mend':
        return false
      case 'restart':
        return nodeOf(command.server)?.isUp() === false
      case 'replaceDisk':
        return replacement.mayReplaceDisk(command.server, command.lost)
      case 'crash':
      case 'pause':
      case 'stranger':
        return nodeOf(command.server)?.isUp() === true
      case 'cut':
      case 'slowLink':
        return command.from !== command.to
      case 'reset':
      case 'halfOpen':
        return command.first !== command.second
      case 'slowDisk':
        return nodeOf(command.server)?.diskFactor() !== command.factor
      case 'heal':
        return network.isCutAnywhere() || strangers.areHere()
      default:
        return true
    }
  }

  return { perform, changes }
}

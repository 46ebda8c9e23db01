/** Smaller worlds: one server or client fewer, or an option as usual. Commands about who is gone are gone too. */
import type { Command, Reconfiguration } from '../world/command.js'
import type { WorldOptions } from '../world/options.js'
import { serversOf } from '../world/options.js'
import type { Trial } from './trial.js'

/** Each makes one thing smaller; the last servers and clients first, since the others then keep their names. */
export const smallerWorlds = ({ options, commands }: Trial): readonly Trial[] => {
  const { voters, clients } = options
  const servers = serversOf(options).length
  return [
    ...countDown(servers).flatMap((server) =>
      servers === 1 || (voters === 1 && server === 1) ? [] : [withoutServer({ options, commands }, server)],
    ),
    ...(clients === 1 ? [] : countDown(clients).map((nth) => withoutClient({ options, commands }, nth - 1))),
    ...plainerOptions(options).map((plainer) => ({ options: plainer, commands })),
  ]
}

/** From `count` to 1. */
const countDown = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => count - index)

const plainerOptions = (options: WorldOptions): readonly WorldOptions[] => {
  const { codecs, committedWindow, snapCount, ...rest } = options
  const { reconfiguration, ...settled } = options
  const window = committedWindow === undefined ? {} : { committedWindow }
  const snap = snapCount === undefined ? {} : { snapCount }
  return [
    ...(codecs === undefined ? [] : [{ ...rest, ...window, ...snap }]),
    ...(committedWindow === undefined ? [] : [{ ...rest, ...snap, ...(codecs === undefined ? {} : { codecs }) }]),
    ...(snapCount === undefined ? [] : [{ ...rest, ...window, ...(codecs === undefined ? {} : { codecs }) }]),
    ...(reconfiguration === undefined ? [] : [settled]),
  ]
}

/** Those behind it move up. */
const withoutServer = ({ options, commands }: Trial, gone: number): Trial => {
  const rename = (server: number): number => (server > gone ? server - 1 : server)
  return {
    options: withOneFewer(options, gone),
    commands: commands.flatMap((command): readonly Command[] => {
      const left = (list: readonly number[]): readonly number[] => list.filter((server) => server !== gone).map(rename)
      if ('group' in command) return [{ ...command, group: left(command.group) }]
      if (command.kind === 'reconfigure') return reconfigurations(command, left)
      return serversIn(command).includes(gone) ? [] : [renamed(command, rename)]
    }),
  }
}

/** As what the server began. */
const withOneFewer = (options: WorldOptions, gone: number): WorldOptions => {
  const { voters, observers, joiners = 0, ...rest } = options
  if (gone <= voters) return { ...options, voters: voters - 1 }
  if (gone <= voters + observers) return { ...options, observers: observers - 1 }
  return { voters, observers, ...(joiners === 1 ? {} : { joiners: joiners - 1 }), ...rest }
}

/** None when nobody is left to speak of. */
const reconfigurations = (
  { leaving, ...command }: Reconfiguration,
  left: (list: readonly number[]) => readonly number[],
): readonly Command[] => {
  const voters = left(command.voters)
  const observers = left(command.observers)
  const leavers = left(leaving ?? [])
  const changed = { ...command, voters, observers }
  if (voters.length + observers.length + leavers.length === 0) return []
  return [leaving === undefined ? changed : { ...changed, leaving: leavers }]
}

const serversIn = (command: Command): readonly number[] => {
  if ('server' in command) return [command.server]
  if ('from' in command) return [command.from, command.to]
  return 'first' in command ? [command.first, command.second] : []
}

const renamed = (command: Command, rename: (server: number) => number): Command => {
  if ('server' in command) return { ...command, server: rename(command.server) }
  if ('from' in command) return { ...command, from: rename(command.from), to: rename(command.to) }
  return 'first' in command ? { ...command, first: rename(command.first), second: rename(command.second) } : command
}

const withoutClient = ({ options, commands }: Trial, gone: number): Trial => ({
  options: { ...options, clients: options.clients - 1 },
  commands: commands.flatMap((command): readonly Command[] => {
    if (!('client' in command)) return [command]
    // Numbers beyond the last client begin again with the first.
    const client = command.client % options.clients
    return client === gone ? [] : [{ ...command, client: client > gone ? client - 1 : client }]
  }),
})

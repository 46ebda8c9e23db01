/** Commands of the simulated world as model-based commands, with the simplest of models: which servers run. */
import type * as FastCheck from 'fast-check'
import type { ServerId } from '../../src/core/configuration.js'
import type { Command } from '../world/command.js'
import { showCommand } from '../world/command.js'
import type { WorldOptions } from '../world/options.js'
import type { World } from '../world/world.js'
import { makeWorld } from '../world/world.js'

export interface WorldModel {
  /** A server may stop by itself as well, and says so; it is taken out when that is seen. */
  readonly up: Set<ServerId>
}

/** A fresh world, in which all servers run, and its model: for `fc.modelRun(() => worldSetup(options), commands)`. */
export const worldSetup = (options: WorldOptions): { readonly model: WorldModel; readonly real: World } => {
  const real = makeWorld(options)
  return { model: { up: new Set(real.servers) }, real }
}

/** Runs only where it means something: what runs is crashed, what does not run is restarted. */
export const worldCommand = (command: Command): FastCheck.Command<WorldModel, World> => ({
  check: ({ up }) => {
    switch (command.kind) {
      case 'crash':
      case 'pause':
        return up.has(command.server)
      case 'restart':
        return !up.has(command.server)
      default:
        return true
    }
  },
  run: ({ up }, world) => {
    world.run(command)
    const violation = world.violation()
    if (violation !== undefined) throw new Error(`${violation.clause}: ${violation.what}`)
    // A crash at an effect comes later, or never.
    const isSudden = command.kind === 'crash' && command.effect === undefined && command.at === undefined
    if (isSudden && world.isUp(command.server)) throw new Error(`server ${command.server} runs although it was crashed`)
    if (command.kind === 'restart' && !world.isUp(command.server) && world.fatals().length === 0)
      throw new Error(`server ${command.server} does not run although it was restarted`)
    up.clear()
    for (const server of world.servers) if (world.isUp(server)) up.add(server)
  },
  toString: () => showCommand(command),
})

/** Not hostile: what the instrument shows of nothing, and of a fault that is planted. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Item } from '../item.js'
import { found, hold } from '../tools.js'

export const idle: Item = {
  name: 'idle',
  does: 'Nothing, for five seconds: what the others are to be compared with.',
  after: 'the waits of this machine',
  isQuick: true,
  afterwards: 'restartAttacked',
  attack: async (arena) => {
    await hold(arena, 5000)
    return found('nothing was sent')
  },
}

const PAUSE_MS = 1000

export const controlPause: Item = {
  name: 'control-pause',
  does: 'Stops the process of the attacked server for a second: a wait that the bench must see.',
  after: 'a planted fault',
  isQuick: false,
  isControl: true,
  afterwards: 'nothing',
  attack: async ({ attacked }) => {
    // The whole group: a command may have started the server as its child.
    process.kill(-attacked.pid, 'SIGSTOP')
    await sleep(PAUSE_MS)
    process.kill(-attacked.pid, 'SIGCONT')
    return found(`stopped for ${PAUSE_MS} ms`)
  },
}

export const controlDeath: Item = {
  name: 'control-death',
  does: 'Kills the attacked server: a death, and a lost leader, that the bench must see.',
  after: 'a planted fault',
  isQuick: false,
  isControl: true,
  afterwards: 'nothing',
  attack: async (arena) => {
    process.kill(-arena.attacked.pid, 'SIGKILL')
    await hold(arena, 1000)
    return found('killed')
  },
}

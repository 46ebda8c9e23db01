/**
 * A contender for a directory, told what to do by lines on standard input: `take`, `take <n>` (and die by SIGKILL instead
 * of the nth step), `release`, `check`. It answers each with one line, and ends with its input.
 */
import { createInterface } from 'node:readline'
import { toStorageError } from '../../../../src/shell/storage/error.js'
import type { Lock } from '../../../../src/shell/storage/lock.js'
import { acquireLock } from '../../../../src/shell/storage/lock.js'
import type { LockDirectory } from '../../../../src/shell/storage/lock-generations.js'

const [directory = ''] = process.argv.slice(2)

/** Does not return from the step before which `steps` have been taken. */
const dyingAfter =
  (steps: number) =>
  (real: LockDirectory): LockDirectory => {
    let taken = 0
    const guarded = async <A>(step: () => Promise<A>): Promise<A> => {
      if (taken === steps) {
        process.kill(process.pid, 'SIGKILL')
        return new Promise(() => undefined)
      }
      taken += 1
      return step()
    }
    return {
      list: () => guarded(real.list),
      probe: (name) => guarded(() => real.probe(name)),
      announce: () => guarded(real.announce),
      link: (from, to) => guarded(() => real.link(from, to)),
      remove: (name) => guarded(() => real.remove(name)),
      withdraw: () => guarded(real.withdraw),
      leave: (name) => guarded(() => real.leave(name)),
    }
  }

let lock: Lock | undefined

const obey = async (line: string): Promise<string> => {
  const [order, steps] = line.split(' ')
  try {
    switch (order) {
      case 'take':
        lock = await acquireLock(directory, 'zab.lock', steps === undefined ? undefined : dyingAfter(Number(steps)))
        return 'owner'
      case 'release':
        await lock?.release()
        return 'released'
      case 'check':
        await lock?.check()
        return 'held'
      default:
        return `unknown: ${line}`
    }
  } catch (thrown) {
    return toStorageError(thrown).kind
  }
}

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => void obey(line).then((answer) => process.stdout.write(`${answer}\n`)))
lines.on('close', () => process.exit(0))
process.stdout.write('ready\n')

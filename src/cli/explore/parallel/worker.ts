/** A thread of an exploration: one part of the states. */
import { parentPort, workerData } from 'node:worker_threads'
import { makeEnsemble } from '../../../../proofs/exploration/ensemble.js'
import { REASONS, makePart, stop } from '../../../../proofs/exploration/parallel/part.js'
import { NoRoomError, shared } from '../../../../proofs/exploration/parallel/shared-table.js'
import { rulesNamed } from '../variations.js'
import { readPart, writePart } from './checkpoint.js'
import { codec } from './codec.js'
import type { FromPart, Start, ToPart } from './protocol.js'

const start = workerData as Start // The other end is our own (explore.ts).
const { index, bounds, reductions, meeting } = start
const say = (message: FromPart): void => parentPort?.postMessage(message)

const rules = rulesNamed(start.rules)
if (rules === undefined) throw new RangeError(`no rules ${start.rules ?? ''}`)
const ensemble = makeEnsemble({ bounds, rules, reductions, make: shared(start.tables, codec, new Set(['abstract'])) })
const part = makePart(ensemble, meeting, index, start.maxStates, reductions.spendsLess, (found) =>
  say({ kind: 'Found', found }),
)

const begin = (): void => {
  if (start.from !== undefined) return part.share.restore(readPart(start.from, index))
  part.share.begin()
  part.share.advance()
}

const run = (): void => {
  try {
    part.run()
  } catch (error) {
    if (!(error instanceof NoRoomError || error instanceof RangeError)) throw error
    stop(meeting, REASONS.full)
    say({ kind: 'Failed', what: error.message })
  }
  say({ kind: 'Stopped' })
}

parentPort?.on('message', (message: ToPart) => {
  const { seen } = part.share
  switch (message.kind) {
    case 'Run':
      return run()
    case 'Save':
      writePart(message.folder, index, part.share.save())
      return say({ kind: 'Saved' })
    case 'Parent': {
      const place = Math.floor(message.state / meeting.rings.length)
      return say({ kind: 'Parent', parent: seen.parentOf(place), step: seen.stepOf(place) })
    }
    case 'End':
      return parentPort?.close()
  }
})
begin()
say({ kind: 'Ready' })

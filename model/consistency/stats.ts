/** Zxids that answers show: each must be that of something done. */
import * as Z from '../../src/core/zxid.js'
import type { NodeStat, Operation, Result } from '../service.js'
import type { Answered } from './history.js'
import type { Left, Mark } from './touches.js'
import { asksFor, dataAt, mayLeave, mustLeave, mustDiffer } from './touches.js'

/** A zxid that an answer shows and that no answered write has. */
export interface Foreign {
  readonly zxid: Z.Zxid
  readonly shownBy: Answered
  readonly mark: Mark
  readonly path: string
  readonly left: Left
}

interface Shown {
  readonly path: string
  readonly stat: NodeStat
  readonly left: Left
}

/** The nodes that an answer shows. */
const nodesIn = ({ operation, outcome }: Answered): readonly Shown[] => {
  const show = (path: string | undefined, { stat, data, children }: Result): readonly Shown[] =>
    stat === undefined || path === undefined ? [] : [{ path, stat, left: { data, children } }]
  const { result } = outcome
  if (operation.op === 'multi')
    return (result.results ?? []).flatMap((part, index) => show(part.path ?? operation.operations[index]?.path, part))
  return show(result.path ?? ('path' in operation ? operation.path : undefined), result)
}

const MARKS: readonly Mark[] = ['mzxid', 'czxid', 'pzxid']

/** Ascending, each once. @param isTaken by an answered write */
export const foreignZxids = (line: readonly Answered[], isTaken: (zxid: Z.Zxid) => boolean): readonly Foreign[] => {
  const found = new Map<string, Foreign>()
  for (const call of line)
    for (const { path, stat, left } of nodesIn(call))
      for (const mark of MARKS) {
        const zxid = stat[mark]
        if (Z.equals(zxid, Z.ZERO) || isTaken(zxid)) continue
        const one = { zxid, shownBy: call, mark, path, left }
        const known = found.get(Z.show(zxid))
        if (known === undefined) found.set(Z.show(zxid), one)
        // The one that tells most of what was done.
        else if (!isTelling(known) && isTelling(one)) found.set(Z.show(zxid), { ...one, shownBy: known.shownBy })
      }
  return [...found.values()].sort((first, second) => Z.compare(first.zxid, second.zxid))
}

const isTelling = ({ mark, left }: Foreign): boolean =>
  (mark === 'mzxid' && left.data !== undefined) || (mark === 'pzxid' && left.children !== undefined)

/** Names of what can have left it there. */
export const asksForZxid = ({ mark, path, left, shownBy }: Foreign): readonly string[] =>
  mark === 'mzxid' && left.data !== undefined ? [dataAt(path, left.data)] : asksFor(shownBy)

/** May this zxid be that of this operation? */
export const fits = ({ mark, path, left }: Foreign, operation: Operation): boolean =>
  mayLeave(operation, mark, path, left)

/** Would the operation, done at `zxid` with nothing but such between it and the answer, show there; and does it not? */
export const contradicts = (answer: Answered, operation: Operation, zxid: Z.Zxid): boolean =>
  nodesIn(answer).some(({ path, stat }) =>
    MARKS.some((mark) => Z.isAfter(zxid, stat[mark]) && mustLeave(operation, mark, path)),
  )

/** Does the answer show that it was not the last that was done, most likely? */
export const opposes = ({ operation: asked, outcome }: Answered, operation: Operation): boolean => {
  if (!('watch' in asked)) return false
  const { error, children } = outcome.result
  if (error === 'NONODE') return mayLeave(operation, 'czxid', asked.path)
  return children !== undefined && mustDiffer(operation, asked.path, children)
}

/** What an operation may change, told from its request: paths, parents, sessions. */
import type { MultiOperation } from '../../src/service/request.js'
import type { SessionId } from '../../src/service/session.js'
import type { Operation, Result } from '../service.js'
import type { Call } from './history.js'
import { isAnswered, isWrite } from './history.js'

export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

export const makesEphemeral = (operation: Operation): boolean =>
  elementsOf(operation).some((element) => 'flags' in element && (element.flags & 1) !== 0)

/** Names of what it looks at or changes; what has none in common with another does not show in its answer. */
export const touched = (call: Call): readonly string[] => {
  const paths = pathsOf(call.operation, isAnswered(call) ? call.outcome.result : undefined)
  return isWrite(call) ? [...paths, ofSession(call.session)] : paths
}

/** Names of the data that it would leave at a path. */
export const leftBy = (operation: Operation): readonly string[] =>
  elementsOf(operation).flatMap((element) =>
    'data' in element && !('flags' in element && (element.flags & 2) !== 0) ? [dataAt(element.path, element.data)] : [],
  )

export const dataAt = (path: string, data: Uint8Array | null): string => `${path} = ${data?.join() ?? 'null'}`

/** What may have to be done for such an answer, the nearest first: nothing can be where there is nothing above it. */
export const asksFor = (call: Call): readonly string[] => {
  const names = touched(call)
  const above = names.filter((name) => name.startsWith('/')).flatMap(ancestorsOf)
  return [...new Set([...names, ...above])]
}

/** From the nearest to the root. */
const ancestorsOf = (path: string): readonly string[] => {
  const ancestors: string[] = []
  for (let at = path; at !== '/'; at = parentOf(at)) ancestors.push(parentOf(at))
  return ancestors
}

/** What the end of a session touches, given all calls that the session made. */
export const touchedByEnd = (session: SessionId, calls: readonly Call[]): readonly string[] => [
  ofSession(session),
  ...calls
    .filter(({ operation }) => makesEphemeral(operation))
    .flatMap((call) => pathsOf(call.operation, isAnswered(call) ? call.outcome.result : undefined)),
]

const ofSession = (session: SessionId): string => `session ${session}`

const pathsOf = (operation: Operation, result: Result | undefined): readonly string[] => {
  if ('watch' in operation) return [operation.path]
  return elementsOf(operation).flatMap((element, index) => {
    const { path = element.path } = (operation.op === 'multi' ? result?.results?.[index] : result) ?? element
    return 'flags' in element || element.op === 'delete' ? [path, parentOf(path)] : [path]
  })
}

/** The operations of a multi; an operation with a path for itself. */
const elementsOf = (operation: Operation): readonly MultiOperation[] => {
  switch (operation.op) {
    case 'multi':
      return operation.operations
    case 'create':
    case 'create2':
    case 'setData':
    case 'delete':
      return [operation]
    default:
      return []
  }
}

/** What a zxid in a node's stat tells: when it was made, when its data was set, when its children changed. */
export type Mark = 'czxid' | 'mzxid' | 'pzxid'

/** What an answer shows of a node beside its stat; undefined: not shown. */
export interface Left {
  readonly data: Uint8Array | null | undefined
  readonly children: readonly string[] | undefined
}

/** Can its transaction be the one of which this mark of the node at `path` tells, if it left that there? */
export const mayLeave = (operation: Operation, mark: Mark, path: string, left: Left = UNKNOWN): boolean => {
  if (operation.op === 'closeSession') return mark === 'pzxid'
  const { data, children } = left
  return elementsOf(operation).some((element) => {
    const isMade =
      'flags' in element && (element.path === path || (isSequential(element) && path.startsWith(element.path)))
    const isSet = isMade || (element.op === 'setData' && element.path === path)
    switch (mark) {
      case 'czxid':
        return isMade
      case 'mzxid':
        return isSet && (data === undefined || ('data' in element && isEqual(element.data, data)))
      case 'pzxid':
        return isMade || (changesChildren(element, path) && (children === undefined || isDoneIn(element, children)))
    }
  })
}

const UNKNOWN: Left = { data: undefined, children: undefined }

const isSequential = (element: MultiOperation): boolean => 'flags' in element && (element.flags & 2) !== 0

const changesChildren = (element: MultiOperation, path: string): boolean =>
  ('flags' in element || element.op === 'delete') && parentOf(element.path) === path

/** Are these the children after it? */
const isDoneIn = (element: MultiOperation, children: readonly string[]): boolean =>
  isSequential(element) ||
  'flags' in element === children.includes(element.path.slice(element.path.lastIndexOf('/') + 1))

/** Does it, if it is not refused, leave a younger mark of this kind on the node at `path`, or take that away? */
export const mustLeave = (operation: Operation, mark: Mark, path: string): boolean =>
  elementsOf(operation).some((element) => {
    const isMade = ('flags' in element && !isSequential(element)) || element.op === 'delete'
    if (element.path === path) return isMade || (mark === 'mzxid' && element.op === 'setData')
    return mark === 'pzxid' && changesChildren(element, path)
  })

/** Does it take away one of these children of a path, or add another one? */
export const mustDiffer = (operation: Operation, path: string, children: readonly string[]): boolean =>
  elementsOf(operation).some((element) => changesChildren(element, path) && !isDoneIn(element, children))

const isEqual = (first: Uint8Array | null, second: Uint8Array | null): boolean =>
  first === second ||
  (first !== null &&
    second !== null &&
    first.length === second.length &&
    first.every((byte, index) => byte === second[index]))

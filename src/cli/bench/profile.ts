/** What V8's profiles of our servers say: the functions in which most time was spent, callees not counted. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The parts of a .cpuprofile that matter here. */
export interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
}

const SHOWN = 25
const IDLE = '(idle)'

/** Functions by their share of the time in which the process was not idle, the costliest first. */
export const selfTimes = ({ nodes, samples, timeDeltas }: Profile): readonly (readonly [string, number])[] => {
  const names = new Map(nodes.map(({ callFrame, id }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '?'
    if (name !== IDLE) times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0))
  }
  const total = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times].map(([name, time]) => [name, time / total] as const).sort(([, first], [, second]) => second - first)
}

const nameOf = ({ functionName, lineNumber, url }: Profile['nodes'][number]['callFrame']): string => {
  const name = functionName === '' ? '(anonymous)' : functionName
  const file = url.replace(/^file:\/\/.*\/(src|node_modules)\//, '$1/')
  return file === '' ? name : `${name} ${file}:${lineNumber + 1}`
}

/** All profiles of the directory. */
export const showProfiles = (directory: string): string =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => {
      // Written by V8.
      const profile = JSON.parse(readFileSync(path.join(directory, name), 'utf8')) as Profile
      const lines = selfTimes(profile)
        .slice(0, SHOWN)
        .map(([where, share]) => `${(100 * share).toFixed(1).padStart(6)} %  ${where}`)
      return [`\n${name}`, ...lines, ''].join('\n')
    })
    .join('')

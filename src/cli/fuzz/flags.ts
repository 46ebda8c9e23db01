/** What the command line of `zab fuzz` may say, read into values; the faults also for `zab simulate`. */
import { InvalidArgumentError, Option } from 'commander'
import type { Shard } from '../../../model/fuzz/generate.js'
import type { FaultName } from '../../../model/world/atlas.js'
import { atlas, everyFaultName, faultNames } from '../../../model/world/atlas.js'

export interface FuzzFlags {
  /** Milliseconds. */
  readonly budget: number
  readonly cases?: number
  readonly seed: number
  readonly servers: number
  readonly observers: number
  readonly clients: number
  readonly faults: readonly FaultName[]
  readonly shard: Shard
  readonly corpus?: string
  readonly junit?: string
  readonly json?: string
  readonly html?: string
  readonly bug?: string
  /** Milliseconds. */
  readonly shrink: number
  readonly root: string
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/** `90s`, `10m`, `2h`. */
export const millisecondsOf = (text: string): number => {
  const [, digits, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? []
  const unitMs = UNIT_MS.get(unit ?? '')
  if (digits === undefined || unitMs === undefined || Number(digits) === 0)
    throw new InvalidArgumentError('It must be a time such as 90s, 10m or 2h.')
  return Number(digits) * unitMs
}

/** `2/4`: the second of four. */
export const shardOf = (text: string): Shard => {
  const [, first, second] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []
  const index = Number(first)
  const count = Number(second)
  if (first === undefined || second === undefined || index < 1 || index > count)
    throw new InvalidArgumentError('It must be i/n with 1 ≤ i ≤ n, such as 2/4.')
  return { index, count }
}

const groups: readonly string[] = [...new Set(everyFaultName.map((name) => atlas[name].group))]

/** `none`, or `all`, groups and single faults with commas between them. Strangers are not among `all`: they are asked for. */
export const faultsOf = (text: string): readonly FaultName[] => {
  if (text === 'none') return []
  const words = text.split(',')
  const isMeant = (name: FaultName): boolean =>
    words.includes(name) || words.includes(atlas[name].group) || (words.includes('all') && faultNames.includes(name))
  const isKnown = (word: string): boolean =>
    word === 'all' || groups.includes(word) || everyFaultName.some((name) => name === word)
  const unknown = words.find((word) => !isKnown(word))
  if (unknown === undefined) return everyFaultName.filter(isMeant)
  throw new InvalidArgumentError(
    `There is no fault "${unknown}"; there are all, none, the groups ${groups.join(', ')}; ${everyFaultName.join(', ')}.`,
  )
}

export const faultsOption = (): Option =>
  new Option('--faults <list>', `all, none, or groups (${groups.join(',')}) and single faults`)
    .argParser(faultsOf)
    .default(faultNames, 'all')

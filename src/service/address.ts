/**
 * Literal IP addresses and ranges of them, as access lists name them: `address` or `address/bits`.
 *
 * Both come from strangers, at any length: they are read from left to right, once.
 */

import { parseDecimal } from './whole-number.js'

export type Address =
  | { readonly family: 4; readonly value: number }
  /** Eight groups of 16 bits. */
  | { readonly family: 6; readonly groups: readonly number[] }

export interface Range {
  readonly address: Address
  /** Leading bits that have to agree. */
  readonly bits: number
}

/** The longest text of an address of version 6: six groups, and the last two as a dotted address. */
const LONGEST_V6 = 45
const DOT = 0x2e

// --- operations

/**
 * May it stand in a new list? As 3.8's servers, which know version 4 only; every number as Java reads one. Ranges of version
 * 6, which newer servers accept, still match where a log or an image brings them.
 */
export const isRange = (range: string): boolean => parseRange(range)?.address.family === 4

/** Is the address in the range? Never across families. */
export const contains = (range: string, address: string): boolean => {
  const parsed = parseRange(range)
  const literal = parsed === undefined ? undefined : parseAddress(address)
  return parsed !== undefined && literal !== undefined && isWithin(parsed, literal)
}

export const parseRange = (range: string): Range | undefined => {
  const slash = range.indexOf('/')
  const address = parseAddress(slash < 0 ? range : range.slice(0, slash))
  if (address === undefined) return undefined
  const widest = widthOf(address)
  const bits = slash < 0 ? widest : parseDecimal(range, slash + 1, range.length, widest)
  return bits === undefined ? undefined : { address, bits }
}

/** Undefined for what is no literal address. The zone of an address of version 6 says nothing. */
export const parseAddress = (text: string): Address | undefined => {
  if (!text.includes(':')) {
    const value = parseV4(text)
    return value === undefined ? undefined : { family: 4, value }
  }
  const zone = text.indexOf('%')
  const groups = parseV6(zone < 0 ? text : text.slice(0, zone))
  return groups === undefined ? undefined : { family: 6, groups }
}

/** The leading bits of an address of version 4. */
export const network4 = (value: number, bits: number): number =>
  bits === 0 ? 0 : (value & (0xffffffff << (32 - bits))) >>> 0

/** The leading bits of an address of version 6. */
export const network6 = (groups: readonly number[], bits: number): readonly number[] =>
  groups.map((group, index) => {
    const significant = Math.min(16, Math.max(0, bits - 16 * index))
    return group & (0xffff0000 >> significant) & 0xffff
  })

// --- parts

const widthOf = ({ family }: Address): number => (family === 4 ? 32 : 128)

const isWithin = ({ address: base, bits }: Range, address: Address): boolean => {
  if (base.family === 4) return address.family === 4 && network4(base.value, bits) === network4(address.value, bits)
  if (address.family !== 6) return false
  const network = network6(base.groups, bits)
  return network6(address.groups, bits).every((group, index) => group === network[index])
}

const parseV4 = (text: string): number | undefined => {
  let value = 0
  let parts = 0
  let start = 0
  for (let index = 0; index <= text.length; index++) {
    if (index < text.length && text.charCodeAt(index) !== DOT) continue
    const part = parts === 4 ? undefined : parseDecimal(text, start, index, 255)
    if (part === undefined) return undefined
    value = value * 256 + part
    parts += 1
    start = index + 1
  }
  return parts === 4 ? value : undefined
}

const parseV6 = (text: string): readonly number[] | undefined => {
  const halves = text.length > LONGEST_V6 ? [] : text.split('::')
  const [head, tail] = halves.map(parseGroups)
  if (halves.length > 2 || head === undefined) return undefined
  if (halves.length === 1) return head.length === 8 ? head : undefined
  if (tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  return missing < 1 ? undefined : [...head, ...Array.from({ length: missing }, () => 0), ...tail]
}

/** Groups parted by single colons; the last one may be a dotted address. */
const parseGroups = (text: string): readonly number[] | undefined => {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    const dotted = index === parts.length - 1 && part.includes('.') ? parseV4(part) : undefined
    if (dotted !== undefined) groups.push(dotted >>> 16, dotted & 0xffff)
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(parseInt(part, 16))
    else return undefined
  }
  return groups
}

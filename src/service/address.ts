/** Literal IP addresses and ranges of them, as access lists name them: `address` or `address/bits`. */

/** True for a range that can match something: an address of either family, and at most as many bits as it has. */
export const isRange = (range: string): boolean => parseRange(range) !== undefined

/** Is the address in the range? Never across families. */
export const contains = (range: string, address: string): boolean => {
  const parsed = parseRange(range)
  const bytes = parseAddress(address)
  if (parsed === undefined || bytes === undefined || bytes.length !== parsed.bytes.length) return false
  return parsed.bytes.every((byte, index) => {
    const significant = Math.min(8, Math.max(0, parsed.bits - 8 * index))
    const mask = (0xff00 >> significant) & 0xff
    return (byte & mask) === ((bytes[index] ?? 0) & mask)
  })
}

const parseRange = (range: string): { readonly bytes: readonly number[]; readonly bits: number } | undefined => {
  const slash = range.indexOf('/')
  const bytes = parseAddress(slash < 0 ? range : range.slice(0, slash))
  if (bytes === undefined) return undefined
  const bits = slash < 0 ? 8 * bytes.length : parseDecimal(range.slice(slash + 1), 8 * bytes.length)
  return bits === undefined ? undefined : { bytes, bits }
}

/** 4 or 16 bytes; undefined for what is no literal address. */
const parseAddress = (address: string): readonly number[] | undefined =>
  address.includes(':') ? parseV6(address.replace(/%.*$/, '')) : parseV4(address)

const parseV4 = (address: string): readonly number[] | undefined => {
  const bytes = address.split('.').map((part) => parseDecimal(part, 255))
  return bytes.length === 4 ? allDefined(bytes) : undefined
}

const parseV6 = (address: string): readonly number[] | undefined => {
  const halves = address.split('::')
  const [head, tail] = halves.map(parseGroups)
  if (halves.length > 2 || head === undefined) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  if (tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  return missing < 2 ? undefined : [...head, ...Array.from({ length: missing }, () => 0), ...tail]
}

/** Groups parted by single colons; the last one may be a dotted address. */
const parseGroups = (text: string): readonly number[] | undefined => {
  if (text === '') return []
  const groups = text.split(':')
  const bytes = groups.map((group, index) =>
    index === groups.length - 1 && group.includes('.') ? parseV4(group) : parseGroup(group),
  )
  return allDefined(bytes)?.flat()
}

const parseGroup = (group: string): readonly number[] | undefined => {
  if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined
  const value = parseInt(group, 16)
  return [value >> 8, value & 0xff]
}

const parseDecimal = (text: string, maximum: number): number | undefined => {
  const value = /^[0-9]{1,3}$/.test(text) ? Number(text) : undefined
  return value !== undefined && value <= maximum ? value : undefined
}

const allDefined = <A>(values: readonly (A | undefined)[]): readonly A[] | undefined => {
  const defined = values.filter((value) => value !== undefined)
  return defined.length === values.length ? defined : undefined
}

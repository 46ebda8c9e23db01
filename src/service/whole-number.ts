/**
 * Whole numbers as Java reads them, because files and clients of ZooKeeper spell them so: a sign, any number of zeros,
 * decimal digits of any script; in a few places hexadecimal and octal ones too.
 *
 * The texts may come from strangers, at any length: they are read from left to right, once.
 */

const PLUS = 0x2b
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39

// --- operations

/** `Long.parseLong`, for numbers that are exact here: up to 2^53 − 1 on both sides. */
export const parseWholeNumber = (text: string): number | undefined => {
  const isNegative = text.charCodeAt(0) === MINUS
  const magnitude = isNegative ? parseDigits(text, 1, text.length, Number.MAX_SAFE_INTEGER) : parseNatural(text)
  return magnitude === undefined || magnitude === 0 ? magnitude : isNegative ? -magnitude : magnitude
}

/** The same without negative numbers: a port, a server number. */
export const parseNatural = (text: string): number | undefined =>
  parseDecimal(text, 0, text.length, Number.MAX_SAFE_INTEGER)

/** `Integer.decode`, without its bound: `0x`, `0X` and `#` begin hexadecimal digits, a further 0 octal ones. */
export const decodeWholeNumber = (text: string): number | undefined => {
  const sign = text.charCodeAt(0)
  const digits = sign === MINUS || sign === PLUS ? text.slice(1) : text
  const magnitude = decodeMagnitude(digits)
  return magnitude === undefined || magnitude === 0 ? magnitude : sign === MINUS ? -magnitude : magnitude
}

/** `Integer.parseInt` of a part of a text: undefined when it is negative or more than `maximum`. */
export const parseDecimal = (text: string, start: number, end: number, maximum: number): number | undefined => {
  const sign = start < end ? text.charCodeAt(start) : 0
  const isNegative = sign === MINUS
  const value = parseDigits(text, isNegative || sign === PLUS ? start + 1 : start, end, maximum)
  return isNegative && value !== 0 ? undefined : value
}

// --- parts

const parseDigits = (text: string, start: number, end: number, maximum: number): number | undefined => {
  if (start >= end) return undefined
  let value = 0
  for (let index = start; index < end; index++) {
    const digit = digitOf(text.charCodeAt(index))
    if (digit === undefined) return undefined
    value = value * 10 + digit
    if (value > maximum) return undefined
  }
  return value
}

/** Sixteen characters: more than any number that is exact here, unless it is led by zeros. */
const decodeMagnitude = (digits: string): number | undefined => {
  const prefix = /^(?:0[xX]|#)/.exec(digits)?.[0]
  if (prefix !== undefined) return inRadix(digits.slice(prefix.length), 16, /^[0-9a-fA-F]{1,16}$/)
  return digits.length > 1 && digits.startsWith('0')
    ? inRadix(digits.slice(1), 8, /^[0-7]{1,16}$/)
    : parseDigits(digits, 0, digits.length, Number.MAX_SAFE_INTEGER)
}

const inRadix = (digits: string, radix: 8 | 16, shape: RegExp): number | undefined => {
  const value = shape.test(digits) ? Number.parseInt(digits, radix) : undefined
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined
}

const digitOf = (unit: number): number | undefined => {
  if (unit < 0x80) return unit >= ZERO && unit <= NINE ? unit - ZERO : undefined
  if (!isDigit(unit)) return undefined
  // The ten digits of a script begin at a code that ends with 0 or with 6.
  const block = unit & ~15
  return unit - (isDigit(block) ? block : block + 6)
}

const isDigit = (unit: number): boolean => /^\p{Nd}$/u.test(String.fromCharCode(unit))

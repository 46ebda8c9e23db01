/** Small helpers of the wire tests. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { WireError } from '../../src/wire/error.js'
import { showWireError } from '../../src/wire/error.js'
import { Writer } from '../../src/wire/writer.js'

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Hexadecimal digits, blanks allowed between them, to a plain array. */
export const fromHex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'))

export const concat = (chunks: Iterable<Uint8Array>): Uint8Array => new Uint8Array(Buffer.concat([...chunks]))

/** The value of a Right; a Left fails the test with the decoder's words. */
export const value = <A>(result: Either<WireError, A>): A => {
  if (isLeft(result)) throw new Error(showWireError(result.left))
  return result.right
}

export const encoded = (write: (writer: Writer) => void): Uint8Array => {
  // So small that growing is exercised all the time.
  const writer = new Writer(1)
  write(writer)
  return writer.written()
}

/** Without the int length in front, which must be right. */
export const unframed = (bytes: Uint8Array): Uint8Array => {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0)
  if (length !== bytes.length - 4) throw new Error(`frame length ${length} for ${bytes.length - 4} bytes`)
  return bytes.slice(4)
}

/** `bytes` cut at the given places, in any order; empty chunks are possible. */
export const chunksOf = (bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other), bytes.length]
  return places.slice(1).map((end, index) => bytes.slice(places[index], end))
}

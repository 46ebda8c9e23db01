/** The files that hold one decimal number: `myid`, `acceptedEpoch`, `currentEpoch`. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { ServerId } from '../core/configuration.js'
import type { Epoch } from '../core/zxid.js'
import { parseNatural } from '../service/whole-number.js'
import type { WireError } from './error.js'
import { wireError } from './error.js'

/** Epochs are signed 32-bit integers, and no stored one is negative. */
const GREATEST_EPOCH = 0x7fffffff

/** ASCII decimal without a newline: Java reads the whole file as the number. */
export const encodeEpoch = (epoch: Epoch): Uint8Array => new TextEncoder().encode(String(epoch))

/** Blanks around the number are forgiven, as editors leave them. */
export const decodeEpoch = (bytes: Uint8Array): Either<WireError, Epoch> => {
  const epoch = numberIn(new TextDecoder().decode(bytes).trim())
  return epoch === undefined || epoch > GREATEST_EPOCH ? left(wireError('BadValue', 'epoch', 0)) : right(epoch)
}

/** The first line of `myid`, as Java's Long.parseLong reads it: `+1` and `007` are numbers. Blanks around it are forgiven. */
export const decodeMyId = (text: string): Either<WireError, ServerId> => {
  const id = parseNatural((text.split('\n', 1)[0] ?? '').trim())
  return id === undefined ? left(wireError('BadValue', 'myid', 0)) : right(id)
}

const numberIn = (text: string): number | undefined =>
  /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined

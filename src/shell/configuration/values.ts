/** Typed access to the values of a properties file. What does not fit is noted, and a value that fits stands in. */
import type { ConfigurationError } from '../../service/configuration/error.js'
import type { Property } from '../../service/configuration/properties.js'

export interface Values {
  /** Undefined when the key is absent or its value empty. */
  readonly text: (key: string) => string | undefined
  readonly required: (key: string, remedy: string) => string
  /** A whole number from `least` up to 2^31 − 1. */
  readonly integer: (key: string, byDefault: number, least: number) => number
  /** `true` or `false`, in any case; anything else is an error. */
  readonly boolean: (key: string, byDefault: boolean) => boolean
  readonly choice: (key: string, byDefault: string, choices: readonly string[]) => string
  readonly complain: (key: string, reason: string, remedy: string) => void
  readonly conflict: (key: string, reason: string, remedy: string) => void
  readonly missing: (key: string, remedy: string) => void
}

const GREATEST = 0x7fffffff

/** Of two properties with one key the later one counts, as in Java. Errors are added to `errors`. */
export const valuesOf = (properties: readonly Property[], file: string, errors: ConfigurationError[]): Values => {
  const byKey = new Map(properties.map((property) => [property.key, property]))
  const note =
    (kind: ConfigurationError['kind']) =>
    (key: string, reason: string, remedy: string): void => {
      errors.push({ kind, file, line: byKey.get(key)?.line ?? 0, key, reason, remedy })
    }
  const complain = note('Invalid')
  const missing = (key: string, remedy: string): void => {
    note('Missing')(key, 'it must be set', remedy)
  }
  const text = (key: string): string | undefined => {
    const value = byKey.get(key)?.value
    return value === '' ? undefined : value
  }
  const choice = (key: string, byDefault: string, choices: readonly string[]): string => {
    const value = text(key)?.toLowerCase() ?? byDefault
    if (choices.includes(value)) return value
    complain(key, `"${value}" is not one of ${choices.join(', ')}`, `write ${key}=${byDefault}`)
    return byDefault
  }
  return {
    text,
    required: (key, remedy) => {
      const value = text(key)
      if (value === undefined) missing(key, remedy)
      return value ?? ''
    },
    integer: (key, byDefault, least) => {
      const value = text(key)
      if (value === undefined) return byDefault
      const number = Number(value)
      if (/^[+-]?\d+$/.test(value) && number >= least && number <= GREATEST) return number
      complain(
        key,
        `"${value}" is not a whole number from ${least} to ${GREATEST}`,
        `write for example ${key}=${Math.max(byDefault, least)}`,
      )
      return byDefault
    },
    boolean: (key, byDefault) => choice(key, String(byDefault), ['true', 'false']) === 'true',
    choice,
    complain,
    conflict: note('Conflict'),
    missing,
  }
}

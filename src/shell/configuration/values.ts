/** Typed access to the values of a properties file. What does not fit is noted, and a value that fits stands in. */
import type { ConfigurationError, ConfigurationWarning } from '../../service/configuration/error.js'
import type { Property } from '../../service/configuration/properties.js'
import { plainKey } from './keys.js'
import { NUMERIC_KEYS, readNumber } from './numbers.js'
import type { NumericKeyName } from './numbers.js'

export interface Values {
  /** Undefined when the key is absent or its value empty. */
  readonly text: (key: string) => string | undefined
  readonly required: (key: string, remedy: string) => string
  /** A number of the table, in its range. */
  readonly integer: (key: NumericKeyName) => number
  /** `true` or `false`, in any case; anything else is an error. */
  readonly boolean: (key: string, byDefault: boolean) => boolean
  /** A system property of ZooKeeper's that is switched by one word alone; any other text says the opposite. */
  readonly unless: (key: string, word: string) => boolean
  readonly choice: (key: string, byDefault: string, choices: readonly string[]) => string
  readonly complain: (key: string, reason: string, remedy: string) => void
  readonly conflict: (key: string, reason: string, remedy: string) => void
  readonly missing: (key: string, remedy: string) => void
  readonly warn: (key: string, reason: string) => void
}

/** Where errors and warnings are added. */
export interface Notes {
  readonly errors: ConfigurationError[]
  readonly warnings: ConfigurationWarning[]
}

/** Of two properties with one key the later one counts, as in Java; the prefix `zookeeper.` makes no difference. */
export const valuesOf = (properties: readonly Property[], file: string, { errors, warnings }: Notes): Values => {
  const byKey = new Map(properties.map((property) => [plainKey(property.key), property]))
  const placeOf = (key: string) => ({ file, line: byKey.get(key)?.line ?? 0, key: byKey.get(key)?.key ?? key })
  const note =
    (kind: ConfigurationError['kind']) =>
    (key: string, reason: string, remedy: string): void => {
      errors.push({ kind, ...placeOf(key), reason, remedy })
    }
  const complain = note('Invalid')
  const warn = (key: string, reason: string): void => void warnings.push({ ...placeOf(key), reason })
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
    integer: (key) => {
      const value = text(key)
      const { byDefault } = NUMERIC_KEYS[key]
      const read = value === undefined ? { kind: 'Fits' as const, value: byDefault } : readNumber(key, value)
      if (read.kind === 'Refused') complain(key, read.reason, read.remedy)
      if (read.kind === 'Clamped') warn(key, read.warning)
      return read.kind === 'Refused' ? byDefault : read.value
    },
    boolean: (key, byDefault) => choice(key, String(byDefault), ['true', 'false']) === 'true',
    unless: (key, word) => {
      const value = text(key)
      if (value !== undefined && value !== word && !['yes', 'no', 'true', 'false'].includes(value))
        warn(key, `"${value}" is read as ZooKeeper does: only "${word}" would change anything`)
      else if (value?.toLowerCase() !== word && isOpposite(value, word))
        warn(key, `"${value ?? ''}" has no effect, as in ZooKeeper: write ${key}=${word} if you mean that`)
      return value !== word
    },
    choice,
    complain,
    conflict: note('Conflict'),
    missing,
    warn,
  }
}

/** Does it look like the word that it is not? */
const isOpposite = (value: string | undefined, word: string): boolean =>
  (value === 'false' && word === 'no') || (value === 'true' && word === 'yes')

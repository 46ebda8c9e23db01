/** Replay tokens: a scenario as one word that a shell takes without quotes. */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Either } from 'fp-ts/lib/Either.js'
import { chain, left, mapLeft, right } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Scenario } from '../../../model/fuzz/scenario.js'
import { parseScenario, renderScenario } from '../../../model/fuzz/scenario.js'

/** Names the form; a token of another one is refused by name. */
const PREFIX = 'zab1.'
/** A token that grows beyond this is none of ours. */
const MAX_JSON_BYTES = 4 << 20

export const packToken = (scenario: Scenario): string =>
  PREFIX + deflateRawSync(renderScenario(scenario), { level: 9 }).toString('base64url')

/** A token, or the JSON that it stands for (`zab simulate` prints that). */
export const unpackToken = (text: string): Either<string, Scenario> =>
  text.startsWith('{')
    ? pipe(parseScenario(text), mapLeft(notAToken))
    : pipe(inflate(text), chain(parseScenario), mapLeft(notAToken))

/** What to give. */
export const HOW = 'give all of what zab fuzz has printed behind "zab replay", or a file that holds it'

const notAToken = (why: string): string => `not a replay token: ${why}; ${HOW}`

const inflate = (text: string): Either<string, string> => {
  if (!text.startsWith(PREFIX))
    return left(
      /^zab\d+\./.test(text)
        ? `it is of the form ${text.slice(0, text.indexOf('.'))}, of another release; this one reads ${PREFIX.slice(0, -1)}`
        : `it does not begin with ${PREFIX}`,
    )
  try {
    const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url')
    return right(inflateRawSync(bytes, { maxOutputLength: MAX_JSON_BYTES }).toString('utf8'))
  } catch {
    return left('it is damaged, or cut off')
  }
}

/**
 * Text for people that may hold words of strangers: nothing in it moves a cursor, ends a line, hides or turns other
 * text around, or is no character at all. What would is written as in source text: `\u001b`.
 */

/** Control and format characters (C0, C1, DEL, direction marks, joiners), line and paragraph separators, lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const UNSEEN_BUT_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const escape = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

/** One line of at most `most` characters. Line ends and tabs become spaces; what is cut is counted. */
export const plainLine = (text: string, most: number): string => {
  // Cut first: whoever sends a long text does not make us work on it.
  const seen = text
    .slice(0, most)
    .replace(/[\n\t]/g, ' ')
    .replace(UNSEEN, escape)
  if (text.length <= most && seen.length <= most) return seen
  // A cut between two halves of a character leaves a lone one.
  const kept = seen.slice(0, most).replace(/\p{Cs}$/u, '')
  return `${kept}… (${text.length} characters)`
}

/** Several lines, of any length; their ends and tabs stay. */
export const plainLines = (text: string): string => text.replace(UNSEEN_BUT_LINES, escape)

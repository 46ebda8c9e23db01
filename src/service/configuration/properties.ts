/**
 * Java properties, the syntax of zoo.cfg and of the configuration text: `key=value` or `key:value`, comments with `#`
 * or `!`, backslash escapes, a backslash at the end of a line continues it.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { ConfigurationError } from './error.js'

export interface Property {
  readonly key: string
  /** Without blanks around it. */
  readonly value: string
  /** Line on which it begins, counted from 1. */
  readonly line: number
}

interface LogicalLine {
  readonly text: string
  readonly line: number
}

/** A logical line that a backslash continues: what its lines so far say, put together once, at its end. */
interface Begun {
  readonly parts: string[]
  readonly line: number
}

/** All properties in the order of the file; a key that comes twice is there twice. */
export const parseProperties = (
  text: string,
  file: string,
): Either<readonly ConfigurationError[], readonly Property[]> => {
  const properties: Property[] = []
  const errors: ConfigurationError[] = []
  for (const { text: content, line } of logicalLines(text)) {
    const [key, value] = splitKey(content).map(unescape)
    if (key === undefined || value === undefined) {
      errors.push({
        kind: 'Malformed',
        file,
        line,
        key: content,
        reason: 'a \\u escape needs four hexadecimal digits',
        remedy: 'write a plain backslash as \\\\',
      })
    } else {
      properties.push({ key: key.trim(), value: value.trim(), line })
    }
  }
  return errors.length === 0 ? right(properties) : left(errors)
}

/** One property as a line that parses to it again. */
export const renderProperty = (key: string, value: string): string =>
  `${escape(key).replaceAll(/[=: ]/g, '\\$&')}=${escape(value)}`

/** Lines put together where a backslash continues them; blank lines and comments left out. Linear in the text. */
const logicalLines = (text: string): readonly LogicalLine[] => {
  const result: LogicalLine[] = []
  let begun: Begun | undefined
  for (const [index, natural] of text.split(/\r\n|\n|\r/).entries()) {
    const content = natural.replace(/^[ \t\f]+/, '')
    if (begun === undefined && (content === '' || content.startsWith('#') || content.startsWith('!'))) continue
    const { parts, line }: Begun = begun ?? { parts: [], line: index + 1 }
    // An odd number of backslashes: the last one is not itself escaped, so it joins the next line to this one.
    if (backslashesAtEnd(content) % 2 === 1) {
      parts.push(content.slice(0, -1))
      begun = { parts, line }
    } else {
      result.push({ text: [...parts, content].join(''), line })
      begun = undefined
    }
  }
  const rest = begun?.parts.join('') ?? ''
  return begun === undefined || rest === '' ? result : [...result, { text: rest, line: begun.line }]
}

/** Counted from behind: a pattern would begin anew at every backslash of a line that is made of them. */
const backslashesAtEnd = (text: string): number => {
  let start = text.length
  while (start > 0 && text[start - 1] === '\\') start--
  return text.length - start
}

/** The key ends at the first unescaped `=`, `:` or blank; blanks and one separator lie between it and the value. */
const splitKey = (content: string): readonly [string, string] => {
  const key = /^(?:\\.|[^\\=: \t\f])*/s.exec(content)?.[0] ?? ''
  return [key, content.slice(key.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')]
}

const CONTROL: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

/** Undefined when a \u escape is cut short. */
const unescape = (text: string): string | undefined =>
  /(?<!\\)(?:\\\\)*\\u(?![0-9a-fA-F]{4})/.test(text)
    ? undefined
    : text.replaceAll(
        /\\(?:u([0-9a-fA-F]{4})|(.)|$)/gs,
        (_, code: string | undefined, character: string | undefined) =>
          code === undefined ? (CONTROL[character ?? ''] ?? character ?? '') : String.fromCharCode(parseInt(code, 16)),
      )

/** Backslashes, control characters, a leading comment sign and blanks at both ends, which parsing would trim or join. */
const escape = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\f', '\\f')
    .replace(/^[#!]/, '\\$&')

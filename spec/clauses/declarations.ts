/**
 * Which declaration of a source text does a line belong to? A small scanner, no parser: it knows that in this project
 * top-level declarations begin in the first column, with their comment directly above. Pure.
 */

// --- model

/** Lines from `from` up to and without `to`, counted from 0: the comment above it, head and body. */
export interface Declaration {
  readonly name: string
  readonly from: number
  readonly to: number
}

// --- operations

const HEAD = /^(?:export )?(?:declare )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/
const COMMENT = /^(?:\/\*\*|\/\/| \*)/
/** The name of a constant that holds reasons: `const BCAST_3 = ['BCAST-3', 'RECV-6'] as const`. */
const CONSTANT = /^[A-Z][A-Z0-9_]*$/

/** The top-level declarations of a TypeScript text, in order. */
export const declarationsIn = (text: string): readonly Declaration[] => {
  const lines = text.split('\n')
  const heads = lines.flatMap((line, index) => {
    const name = HEAD.exec(line)?.[1]
    return name === undefined ? [] : [{ name, from: startOfComment(lines, index) }]
  })
  return heads.map((head, index) => ({ ...head, to: heads[index + 1]?.from ?? lines.length }))
}

/** The first line of the comment that stands directly above, or the line itself. */
const startOfComment = (lines: readonly string[], head: number): number => {
  const last = lines.slice(0, head).findLastIndex((line) => !COMMENT.test(line))
  return last + 1
}

/**
 * The declarations that a pattern occurs in, each once. One that only holds reasons for others, a constant in capitals,
 * gives way to those that use it.
 */
export const declarationsWith = (text: string, pattern: RegExp): readonly string[] => {
  const lines = text.split('\n')
  const blocks = declarationsIn(text).map(({ name, from, to }) => ({ name, block: lines.slice(from, to).join('\n') }))
  const found = blocks.filter(({ block }) => pattern.test(block))
  const names = found.flatMap(({ name }) => {
    const users = CONSTANT.test(name)
      ? blocks.filter((other) => other.name !== name && mentions(other.block, name))
      : []
    return users.length > 0 ? users.map((user) => user.name) : [name]
  })
  return [...new Set(names)]
}

const mentions = (block: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(block)

/** What a test says of itself: the first argument of `it`, `test`, `describe`, also behind `.each(…)`. */
const TITLE = /(?:\b(?:it|test|describe)|\))\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g

/** The titles of a test text in which a pattern occurs, each once. */
export const titlesWith = (text: string, pattern: RegExp): readonly string[] => [
  ...new Set(
    Array.from(text.matchAll(TITLE)).flatMap(([, , title]) =>
      title !== undefined && pattern.test(title) ? [title.replaceAll(/\\(.)/g, '$1')] : [],
    ),
  ),
]

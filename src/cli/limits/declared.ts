/**
 * The limits that the sources declare, each with its value and the sentence that says what happens at it.
 *
 * Two places hold them: a file `limits.ts` or `bounds.ts` of a room (an entry of its record, or a constant), and next to
 * the code that alone uses it a constant whose name says that it is a limit. The sentence stands above it, or above the
 * field of that name in the type of the record. One without a sentence is an error: nobody could know what happens there.
 */
import { createContext, runInContext } from 'node:vm'
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'

/** A source file: `file` is its path in the checkout. */
export interface Source {
  readonly file: string
  readonly text: string
}

export interface DeclaredLimit {
  readonly name: string
  readonly file: string
  readonly value: number
  /** What it bounds, and what happens there. */
  readonly sentence: string
}

/** Words by which a constant is known to be a limit. */
const LIMIT_NAME =
  /(?:^|_)(?:MAXIMUM|LONGEST|GREATEST|LARGEST|LIMIT|BUDGET|ATTEMPTS|MAX|RESERVE|RESERVED|STEP|STEPS|MOST)(?:_|$)/

/** A declaration on a line of its own, with the value as written: `const NAME = 1 << 20`, or `name: 64 * MIB,`. */
const CONSTANT = /^(?:export )?const ([A-Z][A-Z0-9_]*)(?:: number)? = ([^;]+)$/
const ENTRY = /^ {2}([a-z]\w*): ([\d(][^:]*),$/

interface Declaration {
  readonly file: string
  readonly line: number
  readonly name: string
  readonly expression: string
  readonly sentence: string
}

/** All limits of the sources, by file and then in the order of the text. Left: what is wrong, a line each. */
export const declaredLimits = (sources: readonly Source[]): Either<readonly string[], readonly DeclaredLimit[]> => {
  const declarations = sources.flatMap(declarationsIn)
  const values = evaluate(declarations)
  const limits = declarations.filter(isLimit)
  const problems = limits.flatMap((declaration) => {
    const place = `${declaration.file}:${declaration.line}: ${declaration.name}`
    if (values.get(declaration) === undefined) return [`${place} is not a number that can be told from the text`]
    return declaration.sentence === '' ? [`${place} has no comment that says what happens at it`] : []
  })
  if (problems.length > 0) return left(problems)
  return right(
    limits.map((declaration) => ({
      name: declaration.name,
      file: declaration.file,
      value: values.get(declaration) ?? Number.NaN,
      sentence: declaration.sentence,
    })),
  )
}

const isLimit = ({ file, name, expression }: Declaration): boolean =>
  isLimitsFile(file) ? !UNITS.includes(name) : LIMIT_NAME.test(name) && /\d|[A-Z_]{4}/.test(expression)

const isLimitsFile = (file: string): boolean => /\/(?:limits|bounds)\.ts$/.test(file)

const UNITS: readonly string[] = ['KIB', 'MIB', 'GIB']

const declarationsIn = ({ file, text }: Source): readonly Declaration[] => {
  const lines = text.split('\n')
  return lines.flatMap((content, index) => {
    const match = CONSTANT.exec(content) ?? (isLimitsFile(file) ? ENTRY.exec(content) : null)
    const [, name, expression] = match ?? []
    if (name === undefined || expression === undefined || !isArithmetic(expression)) return []
    const typed = lines.findIndex((line) => line.startsWith(`  readonly ${name}: number`))
    const sentence = commentBefore(lines, index) || (typed < 0 ? '' : commentBefore(lines, typed))
    return [{ file, line: index + 1, name, expression, sentence }]
  })
}

/** Numbers, names of constants and operators: nothing that does anything. */
const isArithmetic = (expression: string): boolean =>
  /^[\w\s.*+\-<>/()]+$/.test(expression) && /^[\d(A-Z]/.test(expression)

/** The text of the comment that ends right above the line. */
const commentBefore = (lines: readonly string[], index: number): string => {
  if (!(lines[index - 1] ?? '').trimEnd().endsWith('*/')) return ''
  const start = lines.slice(0, index).findLastIndex((line) => line.trimStart().startsWith('/**'))
  return lines
    .slice(Math.max(0, start), index)
    .map((line) => line.trim().replace('/**', '').replace('*/', '').replace(/^\* ?/, '').trim())
    .filter((line) => line !== '')
    .join(' ')
}

/** Constants may name each other: what stands later or in another file is known after some passes. */
const evaluate = (declarations: readonly Declaration[]): ReadonlyMap<Declaration, number> => {
  const byName = new Map<string, number>()
  const values = new Map<Declaration, number>()
  for (let pass = 0; pass < PASSES; pass++) {
    for (const declaration of declarations) {
      const value = valueOf(declaration.expression, byName)
      if (value === undefined) continue
      values.set(declaration, value)
      if (/^[A-Z]/.test(declaration.name)) byName.set(declaration.name, value)
    }
  }
  return values
}

const PASSES = 3
const EVALUATION_TIMEOUT_MS = 100

const valueOf = (expression: string, known: ReadonlyMap<string, number>): number | undefined => {
  try {
    const value: unknown = runInContext(
      expression.replace(/ as const$/, ''),
      createContext(Object.fromEntries(known)),
      {
        timeout: EVALUATION_TIMEOUT_MS,
      },
    )
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined
  } catch {
    return undefined
  }
}

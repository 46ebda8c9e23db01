/**
 * What can be checked of a TLA+ module without the tools of TLA+: that brackets match, that the lists of `/\` and `\/` are
 * aligned, that names are declared once, before their use, and used, and that an action gives each variable one new value.
 */

interface Token {
  readonly text: string
  readonly line: number
  readonly column: number
}

export interface Finding {
  readonly line: number
  readonly what: string
}

const RESERVED = new Set(
  (
    'ACTION ASSUME ASSUMPTION AXIOM BOOLEAN BY CASE CHOOSE CONSTANT CONSTANTS COROLLARY DEF DEFINE DEFS DOMAIN ELSE ENABLED ' +
    'EXCEPT EXTENDS FALSE HAVE HIDE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED OTHER PICK PROOF ' +
    'PROPOSITION PROVE QED RECURSIVE STATE STRING SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM TRUE UNCHANGED UNION USE ' +
    'VARIABLE VARIABLES WITH WITNESS'
  ).split(' '),
)
const ALLOWED = new Set('ASSUME BOOLEAN CONSTANTS ELSE FALSE IF MODULE SUBSET THEN TRUE UNCHANGED VARIABLES'.split(' '))
const PAIRS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '<<': '>>' }

/** Empty for a module that passes. */
export const findingsIn = (text: string): readonly Finding[] => {
  const tokens = tokensOf(text)
  return [
    ...framing(text),
    ...unknown(tokens),
    ...brackets(tokens),
    ...names(tokens),
    ...lists(tokens),
    ...actions(tokens),
  ]
}

const TOKEN =
  /(?<space>\s+)|(?<token>-{4,}|={4,}|\]_|<=>|=>|==|<<|>>|\|->|->|\/\\|\\\/|\\(?:in|notin|A|E|X)\b|\[\]|[A-Za-z_][A-Za-z0-9_]*|[()[\]{},:#=~'])|(?<other>.)/gu

const tokensOf = (text: string): readonly Token[] =>
  text.split('\n').flatMap((line, index) =>
    [...line.replace(/\\\*.*/, '').matchAll(TOKEN)].flatMap(({ groups, 0: matched, index: column }) => {
      if (groups?.['space'] !== undefined) return []
      return [{ text: groups?.['other'] === undefined ? matched : `?${matched}`, line: index + 1, column }]
    }),
  )

const framing = (text: string): readonly Finding[] => {
  const lines = text.trimEnd().split('\n')
  return [
    ...(/^-{4,} MODULE \w+ -{4,}$/.test(lines[0] ?? '') ? [] : [{ line: 1, what: 'no header' }]),
    ...(/^[\n -~]*$/.test(text) ? [] : [{ line: 0, what: 'not ASCII' }]),
    ...(/^={4,}$/.test(lines.at(-1) ?? '') ? [] : [{ line: lines.length, what: 'no end' }]),
  ]
}

const unknown = (tokens: readonly Token[]): readonly Finding[] =>
  tokens
    .filter(({ text }) => text.startsWith('?'))
    .map(({ text, line }) => ({ line, what: `unknown ${text.slice(1)}` }))

const brackets = (tokens: readonly Token[]): readonly Finding[] => {
  const open: string[] = []
  for (const { text, line } of tokens) {
    const closing = PAIRS[text]
    if (closing !== undefined) open.push(closing)
    else if (text === ']_') {
      if (open.pop() !== ']') return [{ line, what: 'unmatched ]_' }]
    } else if (Object.values(PAIRS).includes(text) && open.pop() !== text) return [{ line, what: `unmatched ${text}` }]
    // A definition begins in the first column, outside of all brackets.
    if (text === '==' && open.length > 0) return [{ line, what: 'definition within brackets' }]
  }
  return open.map((closing) => ({ line: 0, what: `missing ${closing}` }))
}

const isName = (text: string): boolean => /^[A-Za-z_]/.test(text) && !RESERVED.has(text)

/** The module cut where lines begin in the first column, which only declarations and definitions do. */
const unitsOf = (tokens: readonly Token[]): readonly (readonly Token[])[] => {
  const units: Token[][] = []
  for (const token of tokens) {
    if (token.column === 0) units.push([])
    units.at(-1)?.push(token)
  }
  return units
}

const names = (tokens: readonly Token[]): readonly Finding[] => {
  const findings: Finding[] = []
  const used = new Set<string>()
  const declared = new Map<string, number>()
  const declare = ({ text, line }: Token): void => {
    if (declared.has(text)) findings.push({ line, what: `${text} is declared twice` })
    declared.set(text, line)
  }
  for (const { text, line } of tokens)
    if (RESERVED.has(text) && !ALLOWED.has(text)) findings.push({ line, what: `reserved: ${text}` })
  for (const unit of unitsOf(tokens).slice(1)) {
    const [first] = unit
    const definition = unit.findIndex(({ text }) => text === '==')
    if (first?.text === 'CONSTANTS' || first?.text === 'VARIABLES') {
      unit.filter(({ text }) => isName(text)).forEach(declare)
      continue
    }
    if (definition < 0) continue
    const [name, ...parameters] = unit.slice(0, definition).filter(({ text }) => isName(text))
    const local = new Set(parameters.map(({ text }) => text))
    const body = unit.slice(definition + 1)
    // Bound: `x \in` after a quantifier or a comma of one, and the pattern at the head of a set or function.
    for (const bound of boundIn(body)) {
      if (declared.has(bound.text)) findings.push({ line: bound.line, what: `${bound.text} is bound and declared` })
      local.add(bound.text)
    }
    for (const { text, line } of body.filter((token) => isName(token.text) && token.text !== '_vars')) {
      used.add(text)
      if (!declared.has(text) && !local.has(text)) findings.push({ line, what: `${text} is not declared` })
    }
    for (const parameter of local)
      if (!body.some(({ text }) => text === parameter))
        findings.push({ line: first?.line ?? 0, what: `${parameter} is not used` })
    if (name !== undefined) declare(name)
  }
  // ASSUMEs, Spec and the two conjunctions at the end are for others to use.
  const forOthers = new Set(['Spec', 'TypeOK', 'Properties', 'Invariant'])
  const assumed = new Set(tokens.flatMap((token, index) => (tokens[index - 1]?.text === 'ASSUME' ? [token.text] : [])))
  return [
    ...findings,
    ...[...declared]
      .filter(([name]) => !used.has(name) && !forOthers.has(name) && !assumed.has(name))
      .map(([name, line]) => ({ line, what: `${name} is never used` })),
  ]
}

const boundIn = (body: readonly Token[]): readonly Token[] =>
  body.flatMap((token, index) => {
    const before = body[index - 1]?.text
    if (before === '\\A' || before === '\\E' || (before === '[' && body[index + 1]?.text === '\\in'))
      return [token, ...furtherBounds(body, index)]
    if (before === '{' && token.text === '<<')
      return body
        .slice(index + 1, index + body.slice(index).findIndex(({ text }) => text === '>>'))
        .filter(({ text }) => isName(text))
    return before === '{' && isName(token.text) ? [token] : []
  })

/** `x \in A, y \in B :` binds y as well. */
const furtherBounds = (body: readonly Token[], index: number): readonly Token[] => {
  const next = body[index + 3]
  const following = body[index + 4]
  return next?.text === ',' && following !== undefined ? [following, ...furtherBounds(body, index + 4)] : []
}

/** Each `/\` that begins a line stands below the first one of its list, and the items of the list stand right of it. */
const lists = (tokens: readonly Token[]): readonly Finding[] => {
  const findings: Finding[] = []
  let open: Token[] = []
  tokens.forEach((token, index) => {
    const isFirst = tokens[index - 1]?.line !== token.line
    const isBullet = token.text === '/\\' || token.text === '\\/'
    if (isFirst) {
      const around = open.filter(({ column }) => column <= token.column)
      const same = around.find(({ column }) => column === token.column)
      if (same !== undefined && same.text !== token.text)
        findings.push({ line: token.line, what: `${token.text} ends the list of line ${same.line}` })
      open = around
    }
    // After another operator or bracket it begins a list; after a value it joins two.
    const before = tokens[index - 1]?.text ?? ''
    const beginsList = isBullet && (isFirst || /^(\/\\|\\\/|\(|=>|<=>|:|==|IF|\|->)$/.test(before))
    if (beginsList && !open.some(({ column }) => column === token.column)) {
      if (isFirst && !/^(==|:|\()$/.test(before))
        findings.push({ line: token.line, what: `${token.text} is not aligned` })
      open.push(token)
    }
  })
  return findings
}

/** A definition with a primed variable is an action. */
const actions = (tokens: readonly Token[]): readonly Finding[] => {
  const units = unitsOf(tokens)
  const variables = (units.find(([first]) => first?.text === 'VARIABLES') ?? []).map(({ text }) => text).filter(isName)
  return units.flatMap((unit) => {
    const primed = unit.flatMap((token, index) => (unit[index + 1]?.text === "'" ? [token.text] : []))
    if (primed.length === 0) return []
    const start = unit.findIndex(({ text }) => text === 'UNCHANGED')
    const kept =
      start < 0
        ? []
        : unit
            .slice(start + 1)
            .map(({ text }) => text)
            .filter(isName)
    const given = [...primed, ...kept]
    const line = unit[0]?.line ?? 0
    return variables
      .filter((name) => given.filter((one) => one === name).length !== 1)
      .map((name) => ({ line, what: `${name} does not get one new value` }))
  })
}

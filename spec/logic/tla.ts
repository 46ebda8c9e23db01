/**
 * A transition system as a TLA+ module, for people who use TLC or Apalache. Only the system is translated, not the proof.
 *
 * A relation is a set of tuples, and of elements where it has one place: TLC then prints a state as what holds in it, and
 * Apalache has no cheaper form. A function is a function of TLA+. Sorts are constant sets, with a capital letter, since a
 * bound variable may not have the name of something declared; so are actions and statements.
 */
import type { Formula, SymbolOf } from './formula.js'
import type { Action, Definition, Statement, System } from './system.js'
import type { Names } from './tla-formula.js'
import { bindNames, block, blockTerm, identifier, pad, showBounds, wrapped } from './tla-formula.js'

/** A finite instance for TLC: an expression of TLA+ for each sort and each rigid symbol, by name. */
export interface Instance {
  readonly sorts: Readonly<Record<string, string>>
  readonly rigid: Readonly<Record<string, string>>
}

// --- operations

/** The whole module. Its header says how to run it on the instance. */
export const showModule = (
  system: System,
  properties: readonly Statement[],
  invariant: readonly Statement[],
  instance: Instance,
): string => {
  const names = namesOf(system, properties, invariant)
  const statements = [...properties, ...invariant]
  return [
    `${'-'.repeat(30)} MODULE ${system.name} ${'-'.repeat(30)}`,
    ...header(system, instance).map(comment),
    '',
    'CONSTANTS',
    declarations([
      ...system.sorts.map((sort) => ({ name: identifier(sort), type: `Set(${sort.toUpperCase()})` })),
      ...system.rigid.map((symbol) => ({ name: symbol.name, type: apalacheType(symbol) })),
    ]),
    '',
    ...system.axioms.flatMap((axiom) => [
      comment(axiom.why),
      `ASSUME ${nameIn(names, axiom)} ==`,
      indented(axiom.formula, names),
      '',
    ]),
    'VARIABLES',
    declarations(system.state.map((symbol) => ({ name: symbol.name, type: apalacheType(symbol) }))),
    '',
    `vars == ${tuple(system.state, 10)}`,
    '',
    'TypeOK ==',
    ...system.state.map((symbol) => `  /\\ ${symbol.name} \\in ${valuesOf(symbol)}`),
    '',
    'Init ==',
    ...system.state.map((symbol) => `  /\\ ${initially(system, symbol, names)}`),
    '',
    ...system.actions.flatMap((action) => [...showAction(system, action, names), '']),
    'Next ==',
    ...system.actions.map((action) => `  \\/ ${someInstance(action, names)}`),
    '',
    'Spec == Init /\\ [][Next]_vars',
    '',
    ...statements.flatMap((statement) => [
      ...(statement.why === '' ? [] : [comment(statement.why)]),
      `${nameIn(names, statement)} ==`,
      indented(statement.formula, names),
      '',
    ]),
    comment('What is to be shown.'),
    ...conjunction('Properties', properties, names),
    '',
    comment('Inductive: Init implies it, Next keeps it, and it implies the properties.'),
    ...conjunction('Invariant', invariant, names),
    '',
    '='.repeat(70 + system.name.length),
    '',
  ].join('\n')
}

// --- how: names

const OWN_NAMES = ['vars', 'TypeOK', 'Init', 'Next', 'Spec', 'Properties', 'Invariant']

/** Identifiers of all that is declared, and of each statement and action. The same one twice gets a number. */
const namesOf = (system: System, properties: readonly Statement[], invariant: readonly Statement[]): Names => {
  const declared = [...system.sorts.map(identifier), ...[...system.rigid, ...system.state].map(({ name }) => name)]
  const named = [...system.axioms, ...system.actions, ...properties, ...invariant]
  const taken = new Set([...OWN_NAMES, ...declared])
  const given = new Map<object, string>()
  for (const item of named) {
    const name = numbered(identifier(item.name), taken)
    taken.add(name)
    given.set(item, name)
  }
  return { taken, given, variables: new Map() }
}

const numbered = (name: string, taken: ReadonlySet<string>, number = 2): string =>
  !taken.has(name) ? name : taken.has(`${name}${number}`) ? numbered(name, taken, number + 1) : `${name}${number}`

const nameIn = (names: Names, item: Statement | Action): string => names.given.get(item) ?? identifier(item.name)

// --- how: declarations

const declarations = (declared: readonly { readonly name: string; readonly type: string }[]): string =>
  declared
    .map(({ name, type }, index) => `  \\* @type: ${type};\n  ${name}${index === declared.length - 1 ? '' : ','}`)
    .join('\n')

const apalacheType = (symbol: SymbolOf): string => {
  const sorts = symbol.sorts.map((sort) => sort.toUpperCase())
  const tuple = sorts.length === 1 ? sorts.join('') : `<<${sorts.join(', ')}>>`
  if (symbol.kind === 'Relation') return sorts.length === 0 ? 'Bool' : `Set(${tuple})`
  const result = symbol.result.toUpperCase()
  return sorts.length === 0 ? result : `${tuple} -> ${result}`
}

const product = (sorts: readonly string[]): string => sorts.map(identifier).join(' \\X ')

/** The set of all values that a symbol may have. */
const valuesOf = (symbol: SymbolOf): string => {
  if (symbol.kind === 'Relation')
    return symbol.sorts.length === 0 ? 'BOOLEAN' : `SUBSET (${product(symbol.sorts)})`.replace(/\((\w+)\)$/, '$1')
  const result = identifier(symbol.result)
  return symbol.sorts.length === 0 ? result : `[${product(symbol.sorts)} -> ${result}]`
}

// --- how: definitions

const initially = (system: System, symbol: SymbolOf, names: Names): string => {
  const definition = system.initial.find((candidate) => candidate.symbol.name === symbol.name)
  return definition === undefined ? `${symbol.name} \\in ${valuesOf(symbol)}` : equation(symbol.name, definition, names)
}

/** `left = value`, to stand in a list that begins in column 2. */
const equation = (left: string, definition: Definition, outer: Names): string => {
  const [variables, names] = bindNames(definition.variables, outer)
  const value = (column: number): string =>
    definition.kind === 'Relation' ? block(definition.value, column, names) : blockTerm(definition.value, column, names)
  if (variables.length === 0) return `${left} = (${value(left.length + 9)})`
  if (definition.kind === 'Function') {
    const start = `${left} = [${showBounds(variables)} |->`
    return `${start} ${value(start.length + 6)}]`
  }
  const [pattern, sorts] = [variables.map(({ name }) => name), variables.map(({ sort }) => sort)]
  const element = pattern.length === 1 ? pattern.join('') : `<<${pattern.join(', ')}>>`
  const whole = `${left} = {${element} \\in ${product(sorts)} :`
  const oneLine = `${whole} ${value(0)}}`
  return !oneLine.includes('\n') && oneLine.length <= 95 ? oneLine : `${whole}\n${pad(7)}${value(7)}}`
}

const showAction = (system: System, action: Action, outer: Names): readonly string[] => {
  const [parameters, names] = bindNames(action.parameters, outer)
  const changed = new Set(action.updates.map(({ symbol }) => symbol.name))
  const kept = system.state.filter(({ name }) => !changed.has(name))
  const formals = parameters.length === 0 ? '' : `(${parameters.map(({ name }) => name).join(', ')})`
  return [
    comment(`Stands for: ${action.standsFor}.`),
    comment(`Clauses: ${action.clauses.join(', ')}.`),
    `${nameIn(outer, action)}${formals} ==`,
    ...action.guards.flatMap(({ name, formula }) => [`  ${comment(name)}`, `  /\\ ${block(formula, 5, names)}`]),
    ...action.updates.map((update) => `  /\\ ${equation(`${update.symbol.name}'`, update, names)}`),
    ...(kept.length === 0 ? [] : [`  /\\ UNCHANGED ${tuple(kept, 17)}`]),
  ]
}

const someInstance = (action: Action, outer: Names): string => {
  const [parameters] = bindNames(action.parameters, outer)
  const name = nameIn(outer, action)
  if (parameters.length === 0) return name
  return `\\E ${showBounds(parameters, 8)} :\n${pad(7)}${name}(${parameters.map((each) => each.name).join(', ')})`
}

const indented = (formula: Formula, names: Names): string => `  ${block(formula, 2, names)}`

const conjunction = (name: string, statements: readonly Statement[], names: Names): readonly string[] => [
  `${name} ==`,
  ...statements.map((statement) => `  /\\ ${nameIn(names, statement)}`),
]

/** A tuple of variables, the first of which stands in this column. */
const tuple = (symbols: readonly SymbolOf[], column: number): string =>
  `<<${wrapped(
    symbols.map(({ name }) => name),
    column,
  )}>>`

// --- how: the header

/** In ASCII: older tools read nothing else. */
const comment = (line: string): string =>
  line === ''
    ? '\\*'
    : `\\* ${line.replaceAll('⟨', '<').replaceAll('⟩', '>').replaceAll('…', '...').replaceAll('−', '-')}`

const header = (system: System, instance: Instance): readonly string[] => [
  `Generated from the same value as the proof obligations: do not edit, change the system instead.`,
  '',
  'A relation is a set of tuples. To check a small instance with TLC, put these two files beside this one and',
  'run `tlc -simulate -depth 40 MC.tla`. All states, by `tlc MC.tla`, are too many but for the smallest instances.',
  '',
  'MC.tla:',
  '',
  ...instanceModule(system, instance).map((line) => `    ${line}`),
  '',
  'MC.cfg:',
  '',
  ...instanceConfiguration(system).map((line) => `    ${line}`),
  '',
  'MCInit fixes what Init leaves open: values that say nothing until an action sets them, but very many.',
  'For Apalache types are given. TypeOK /\\ Invariant is the initial predicate of an inductive step.',
]

const instanceModule = (system: System, { sorts, rigid }: Instance): readonly string[] => [
  '---- MODULE MC ----',
  `EXTENDS ${system.name}, Naturals, FiniteSets`,
  ...system.sorts.map((sort) => `MC${identifier(sort)} == ${sorts[sort] ?? '{}'}`),
  ...system.rigid.map(({ name }) => `MC${name} == ${rigid[name] ?? '{}'}`),
  'MCInit ==',
  ...openAtFirst(system).map((symbol) => `  /\\ ${symbol.name} = CHOOSE value \\in ${valuesOf(symbol)} : TRUE`),
  '  /\\ Init',
  '====',
]

const instanceConfiguration = (system: System): readonly string[] => [
  'CONSTANTS',
  ...[...system.sorts.map(identifier), ...system.rigid.map(({ name }) => name)].map((name) => `  ${name} <- MC${name}`),
  'INIT MCInit',
  'NEXT Next',
  'INVARIANTS TypeOK Properties Invariant',
]

const openAtFirst = (system: System): readonly SymbolOf[] =>
  system.state.filter(({ name }) => !system.initial.some(({ symbol }) => symbol.name === name))

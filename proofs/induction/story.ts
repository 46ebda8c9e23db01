/** An attack on a mutant as a story: numbered steps in plain words, what each changed, and what is false in the end. */
import type { Violation } from '../../spec/logic/monitor.js'
import { showChange } from '../../spec/logic/difference.js'
import type { Change } from '../../spec/logic/structure.js'
import type { Attack } from './attacks/attack.js'
import type { Outcome } from './carry-out.js'
import type { Step, Taken } from './script.js'

const WIDTH = 110
const INDENT = '      '

/** What the actions of spec/zab.ts are in words; a parameter stands in braces. */
const sentences: Readonly<Record<string, string>> = {
  promise: '{server} promises {epoch} to {leader}',
  startEpoch: '{leader} starts {epoch}: {quorum} have promised it; the history of {source} is taken, up to {zxid}',
  synchronize: 'the log of {server} becomes the history of {epoch} up to {point}',
  flush: '{server} syncs its log up to {point}',
  adopt: '{server} adopts {epoch}',
  establish: '{epoch} is established by {quorum}',
  propose: '{zxid} is broadcast in {epoch}',
  acknowledge: '{server} acknowledges {zxid}',
  commit: '{zxid} is committed, {quorum} have acknowledged it',
  deliver: '{server} delivers {zxid}',
  crash: '{server} crashes and restarts with its log up to {point} and its state up to {image}',
}

// --- operations

/** Ends with a newline. */
export const tell = (attack: Attack, outcome: Outcome): string =>
  [
    `The mistake: ${attack.mutant}`,
    `What happens: ${attack.story}.`,
    '',
    ...outcome.played.taken.flatMap((taken, index) => told(outcome, taken, index)),
    '',
    ...ending(attack, outcome),
    ...remark(outcome),
    '',
  ].join('\n')

/** A step in plain words. An action without words of its own is shown with its arguments. */
export const sentence = ({ action, of }: Step): string =>
  sentences[action]?.replace(/\{(\w+)\}/g, (_, name: string) => of[name] ?? '?') ??
  `${action}(${Object.entries(of)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')})`

// --- how

const told = ({ structure, refusal }: Outcome, { step, changes }: Taken, index: number): readonly string[] => [
  `${String(index + 1).padStart(3)}. ${sentence(step)}`,
  ...(refusal?.at === index ? [`${INDENT}[without the mistake refused: ${guardsOf(refusal.guards)}]`] : []),
  ...folded(
    changes.length === 0 ? ['(nothing changes)'] : inOrder(changes).map((change) => showChange(structure, change)),
  ),
]

/** What became true or has another value, and then what is true no more. */
const inOrder = (changes: readonly Change[]): readonly Change[] => {
  const isLoss = (change: Change): boolean => change.kind === 'Relation' && change.value === 0
  return [...changes.filter((change) => !isLoss(change)), ...changes.filter(isLoss)]
}

const folded = (parts: readonly string[]): readonly string[] => {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    if (last === undefined || last.length + part.length + 2 > WIDTH) lines.push(INDENT + part)
    else lines[lines.length - 1] = `${last}, ${part}`
  }
  return lines.map((line, index) => (index === lines.length - 1 ? line : `${line},`))
}

const ending = (attack: Attack, { violation, played: { refused } }: Outcome): readonly string[] => {
  if (refused !== undefined)
    return [`The mutant itself refuses step ${refused.at + 1}, ${sentence(refused.step)}: ${guardsOf(refused.guards)}`]
  if (violation === undefined) return [`${attack.violates} still holds`]
  return [`Violated: ${violation.statement.name}, ${violation.statement.why}`, `      where ${assignmentOf(violation)}`]
}

const remark = ({ axiom }: Outcome): readonly string[] =>
  axiom === undefined ? [] : [`Without the mistake there is no such world: ${axiom.statement.name}`]

const guardsOf = (guards: readonly { readonly name: string }[]): string => guards.map(({ name }) => name).join('; ')

const assignmentOf = ({ assignment }: Violation): string =>
  Object.entries(assignment)
    .map(([name, element]) => `${name} is ${element}`)
    .join(', ')

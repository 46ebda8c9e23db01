/** A violation, told: what, where in the code, how to see it again, step by step, and as a diagram. Pure. */
import type { PlainOptions } from '../../../model/world/options.js'
import type { Account } from '../../../model/world/report.js'
import { showVerdict } from '../../../model/world/report.js'
import type { ClauseId } from '../../core/clause.js'
import type { CodeLine } from './code-line.js'

export interface Failure {
  readonly account: Account
  /** What it is about, the likeliest first. */
  readonly clauses: readonly ClauseId[]
  readonly token: string
  readonly options: PlainOptions
  readonly codeLine: CodeLine | undefined
  /** Commands before it was shrunk. */
  readonly commandsBefore: number
  /** The token says that it was made from a run that went otherwise. */
  readonly isAnotherRun: boolean
}

export const renderFailure = (failure: Failure): string => {
  const { account, token } = failure
  return [
    showVerdict(account),
    ...notesOf(failure),
    `replay: zab replay ${token}`,
    '',
    `story (${settingOf(failure)}):`,
    account.story,
    '',
    '```mermaid',
    account.diagram,
    '```',
  ].join('\n')
}

/** Where it happens, and how much is done. */
export const settingOf = ({ account, options, commandsBefore }: Failure): string =>
  [
    `${counted(options.voters, 'voter')}, ${counted(options.observers, 'observer')}, ${counted(options.clients, 'client')}`,
    counted(account.commands.length, 'command'),
    ...(commandsBefore === account.commands.length ? [] : [`${commandsBefore} before it was shrunk`]),
  ].join('; ')

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

export const showCodeLine = ({ file, line, name, clause }: CodeLine): string => `${file}:${line} ${name} (${clause})`

/** Further lines below a verdict. */
export const notesOf = ({ account, clauses, codeLine, isAnotherRun }: Failure): readonly string[] => [
  ...(isSaid(account, clauses) ? [] : [`clauses: ${clauses.join(', ')}`]),
  ...(codeLine === undefined ? [] : [`code: ${showCodeLine(codeLine)}`]),
  ...(isAnotherRun ? [ANOTHER_RUN] : []),
]

/** The finding names its clauses already. */
const isSaid = ({ violation }: Account, clauses: readonly ClauseId[]): boolean =>
  clauses.every((clause) => clause === violation?.clause || violation?.what.includes(clause) === true)

const ANOTHER_RUN =
  'note: the run is not the one that the token was made from: another release, or changed code, is at work here'

/** For programs: all but the journal, which is long. */
export const failureToJson = ({ account: { items: _items, ...account }, ...failure }: Failure): FailureInJson => ({
  account,
  ...failure,
})

export type FailureInJson = Omit<Failure, 'account'> & { readonly account: Omit<Account, 'items'> }

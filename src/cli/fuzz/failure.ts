/** A violation, told: what, where in the code, how to see it again, step by step, and as a diagram. Pure. */
import type { Account } from '../../../model/world/report.js'
import { showVerdict } from '../../../model/world/report.js'
import type { CodeLine } from './code-line.js'

export interface Failure {
  readonly account: Account
  readonly token: string
  readonly codeLine: CodeLine | undefined
  /** Commands before it was shrunk. */
  readonly commandsBefore: number
}

export const renderFailure = ({ account, token, codeLine, commandsBefore }: Failure): string =>
  [
    showVerdict(account),
    ...(codeLine === undefined ? [] : [`code: ${showCodeLine(codeLine)}`]),
    `replay: zab replay ${token}`,
    '',
    `story (${account.commands.length} commands${commandsBefore === account.commands.length ? '' : `; ${commandsBefore} before it was shrunk`}):`,
    account.story,
    '',
    '```mermaid',
    account.diagram,
    '```',
  ].join('\n')

export const showCodeLine = ({ file, line, name, clause }: CodeLine): string => `${file}:${line} ${name} (${clause})`

/** A line that GitHub shows beside the code. */
export const annotation = ({ account, token, codeLine }: Failure): string => {
  const { clause, what } = account.violation ?? { clause: 'held', what: '' }
  const place = codeLine === undefined ? '' : `file=${property(codeLine.file)},line=${codeLine.line},`
  return `::error ${place}title=${property(`zab fuzz: ${clause}`)}::${message(`${what}\nzab replay ${token}`)}`
}

const message = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => message(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

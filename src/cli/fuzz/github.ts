/** A campaign as GitHub Actions shows it: beside the line of code, and on the page of the run. Pure. */
import type { Failure } from './failure.js'
import { renderFailure } from './failure.js'
import type { Summary } from './summary.js'
import { headline, unreached } from './summary.js'

/** A line that GitHub shows beside the code. */
export const annotation = ({ account, token, codeLine }: Failure): string => {
  const { clause, what } = account.violation ?? { clause: 'held', what: '' }
  const place = codeLine === undefined ? '' : `file=${property(codeLine.file)},line=${codeLine.line},`
  return `::error ${place}title=${property(`zab fuzz: ${clause}`)}::${message(`${what}\nzab replay ${token}`)}`
}

const message = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => message(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** Markdown; the diagram is drawn there. */
export const stepSummary = (summary: Summary, failure: Failure | undefined): string => {
  const blind = unreached(summary.reached)
  const { marks } = summary.reached
  return [
    `### zab fuzz: ${failure?.account.violation?.clause ?? summary.outcome}`,
    '',
    headline(summary),
    '',
    `${marks.size - blind.length} of ${marks.size} marks reached${blind.length === 0 ? '' : `; never: ${blind.join(', ')}`}`,
    '',
    ...(failure === undefined ? [] : told(failure)),
  ].join('\n')
}

/** The text as it is, and the diagram, which stands at its end, as a block of its own. */
const told = (failure: Failure): readonly string[] => {
  const [text = '', diagram] = renderFailure(failure).split('\n```mermaid\n')
  const fence = '`'.repeat(4)
  return [fence, text.trimEnd(), fence, '', ...(diagram === undefined ? [] : ['```mermaid', diagram, ''])]
}

/** The tables of docs/limits.md, as text. */
import type { DeclaredLimit } from './declared.js'

const BEGIN = '<!-- limits -->'
const END = '<!-- /limits -->'

/** The page with the table between its two marks made anew; undefined when the page has no such marks. */
export const withLimits = (page: string, limits: readonly DeclaredLimit[]): string | undefined => {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) return undefined
  return `${page.slice(0, begin + BEGIN.length)}\n\n${renderLimits(limits)}\n\n${page.slice(end)}`
}

/** One table a file. */
const renderLimits = (limits: readonly DeclaredLimit[]): string =>
  [...new Set(limits.map(({ file }) => file))]
    .map((file) =>
      [
        `### ${file}`,
        '',
        '| limit | value | what it bounds, and what happens there |',
        '|---|---:|---|',
        ...limits
          .filter((limit) => limit.file === file)
          .map(
            ({ name, value, sentence }) =>
              `| \`${name}\` | ${showValue(name, value)} | ${sentence.replaceAll('|', '\\|')} |`,
          ),
      ].join('\n'),
    )
    .join('\n\n')

const KIB = 1024
const MIB = 1024 * KIB

/** With the unit that the name ends in; bytes in the largest unit that leaves a whole number. */
export const showValue = (name: string, value: number): string => {
  if (/(?:Bytes|BYTES|LENGTH|Length)$/.test(name)) {
    if (value >= MIB && value % MIB === 0) return `${value / MIB} MiB`
    if (value >= KIB && value % KIB === 0) return `${value / KIB} KiB`
    return `${grouped(value)} bytes`
  }
  return /(?:Ms|MS)$/.test(name) ? `${grouped(value)} ms` : grouped(value)
}

const grouped = (value: number): string => value.toLocaleString('en-US')

/** The tables of docs/limits.md, as text. */
import { NUMERIC_KEYS, type NumericKey } from '../../shell/configuration/numbers.js'
import type { DeclaredLimit } from './declared.js'

/** The page with the tables between their marks made anew; undefined when the page has no such marks. */
export const withLimits = (page: string, limits: readonly DeclaredLimit[]): string | undefined => {
  const keyed = between(page, 'keys', renderKeys(NUMERIC_KEYS))
  return keyed === undefined ? undefined : between(keyed, 'limits', renderLimits(limits))
}

const between = (page: string, mark: string, table: string): string | undefined => {
  const [opening, closing] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`]
  const begin = page.indexOf(opening)
  const end = page.indexOf(closing)
  return begin < 0 || end < begin
    ? undefined
    : `${page.slice(0, begin + opening.length)}\n\n${table}\n\n${page.slice(end)}`
}

/** Default, range, and what becomes of a value outside of it. */
const renderKeys = (keys: Readonly<Record<string, NumericKey>>): string =>
  [
    '| key | default | least | greatest | outside of that |',
    '|---|---:|---:|---:|---|',
    ...Object.entries(keys).map(
      ([key, { byDefault, least, greatest, outside }]) =>
        `| \`${key}\` | ${grouped(byDefault)} | ${grouped(least)} | ${grouped(greatest)} | ${showOutside(outside, least)} |`,
    ),
  ].join('\n')

const showOutside = (outside: NumericKey['outside'], least: number): string =>
  outside.kind === 'Refuse'
    ? 'the server does not start, with a sentence'
    : `with a warning: what is less counts as ${grouped(outside.below ?? least)}, what is more as the greatest; ${outside.why}`

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

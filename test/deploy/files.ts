/** What the files under deploy/ would run: as much of YAML as they use. */

/** The scalar that follows a key: plain, quoted, or a block of lines, folded (`>-`) or as it is (`|`). */
const scalarAt = (lines: readonly string[], index: number, value: string): string => {
  const block = /^([>|])-?$/.exec(value.trim())
  if (block === null) return value.trim().replace(/^'(.*)'$/, '$1')
  const first = lines[index + 1] ?? ''
  const indent = first.length - first.trimStart().length
  const end = lines.findIndex((line, at) => at > index && line.trim() !== '' && !line.startsWith(' '.repeat(indent)))
  const own = lines.slice(index + 1, end < 0 ? lines.length : end).map((line) => line.slice(indent))
  return own.join(block[1] === '>' ? ' ' : '\n').trim()
}

/** The scripts of a workflow's `run:` steps, in their order. */
export const stepsOf = (text: string): readonly string[] => {
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const value = /^\s*(?:- )?run: (.*)$/.exec(line)?.[1]
    return value === undefined ? [] : [scalarAt(lines, index, value)]
  })
}

/** The words of a container's `command:`. */
export const commandOf = (text: string): readonly string[] => {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => /^\s*command:$/.test(line))
  const indent = (lines[start + 1] ?? '').search(/\S/)
  const words: string[] = []
  for (let index = start + 1; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    if (line.trim() !== '' && line.search(/\S/) < indent) break
    const value = /^\s*- (.*)$/.exec(line)?.[1]
    if (value !== undefined && line.search(/\S/) === indent) words.push(scalarAt(lines, index, value))
  }
  return words
}

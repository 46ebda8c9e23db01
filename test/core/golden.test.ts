/** The stories in golden/ still go as they are written. `ZAB_GOLDEN=write` writes them again, to be reviewed as a change. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { tell } from './story.js'

const folder = fileURLToPath(new URL('./golden/', import.meta.url))

describe('stories', () => {
  for (const file of readdirSync(folder).sort())
    it(file, () => {
      const text = readFileSync(folder + file, 'utf8')
      const told = tell(text)
      if (process.env['ZAB_GOLDEN'] === 'write') writeFileSync(folder + file, told)
      else expect(told).toBe(text)
    })

  it('would show another outcome', () => {
    const text =
      '# One server is enough for itself.\nensemble 1\n\nquietly start 1\n\nquietly elect\n\nsubmit 1 a\n----\n1: writes log 1:2\n'
    expect(tell(text)).toBe(text.replace('1:2', '1:1'))
    expect(tell(text)).not.toBe(text)
  })
})

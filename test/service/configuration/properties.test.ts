/** The syntax of Java properties: what is rendered parses to the same, and a backslash joins lines. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseProperties, renderProperty } from '../../../src/service/configuration/properties.js'

const read = (text: string): unknown => {
  const parsed = parseProperties(text, 'x')
  return parsed._tag === 'Left' ? parsed.left : parsed.right.map(({ key, value, line }) => [key, value, line])
}

describe('properties', () => {
  it('come back when their values have no blanks around them', () => {
    const key = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.trim() === text)
    const value = fc.string({ unit: 'binary' }).filter((text) => text.trim() === text)
    fc.assert(
      fc.property(key, value, (k, v) => {
        expect(parseProperties(renderProperty(k, v), 'x')).toMatchObject({ right: [{ key: k, value: v, line: 1 }] })
      }),
      { numRuns: 500 },
    )
  })

  it('go on after a backslash at the end of a line, and begin where they begin', () => {
    expect(read('a=1\\\n  2\\\r\n3\n\nb=4')).toEqual([
      ['a', '123', 1],
      ['b', '4', 5],
    ])
    expect(read('a=1\\\\\nb=2')).toEqual([
      ['a', '1\\', 1],
      ['b', '2', 2],
    ])
  })

  it('may end in the middle: a backslash with nothing after it joins nothing', () => {
    expect(read('a=1\\')).toEqual([['a', '1', 1]])
    expect(read('\\')).toEqual([])
    expect(read('# a=1\\\nb=2\\\n#c')).toEqual([['b', '2#c', 2]])
  })

  it('name the line of an escape that is cut short', () => {
    expect(read('a=1\nb=\\u12x')).toMatchObject([{ kind: 'Malformed', line: 2 }])
  })
})

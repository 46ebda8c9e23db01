/** Which paths are valid, what their parents are, how sequence numbers look. */
import { describe, expect, it } from 'vitest'
import { isValid, nameOf, parentOf, sequenceSuffix, watchedParentOf } from '../../src/service/path.js'

describe('path', () => {
  it.each(['/', '/a', '/a/b', '/.a', '/..a', '/a..', '/...', '/a.b/c', '/é', '/ ', '/\uf900', '/\uffef', '/\u00a0'])(
    'accepts %j',
    (path) => {
      expect(isValid(path)).toBe(true)
    },
  )

  it.each([
    '',
    'a',
    'a/b',
    '/a/',
    '//',
    '//a',
    '/a//b',
    '/.',
    '/..',
    '/a/.',
    '/a/../b',
    '/./a',
    '/\0',
    '/\u001f',
    '/\u007f',
    '/\u009f',
    '/\ud800',
    '/\u{1f600}',
    '/\uf8ff',
    '/\ufff0',
    '/\uffff',
  ])('refuses %j', (path) => {
    expect(isValid(path)).toBe(false)
  })

  it('names parents: the root is empty as a parent, a slash for watches', () => {
    expect(['/a', '/a/b', '/', 'a', 'a/b'].map(parentOf)).toEqual(['', '/a', '', undefined, 'a'])
    expect(['/a', '/a/b'].map(watchedParentOf)).toEqual(['/', '/a'])
    expect(['/a', '/a/b', '/'].map(nameOf)).toEqual(['a', 'b', ''])
  })

  it('formats sequence numbers as %010d', () => {
    expect([0, 7, 2147483647, -2147483648, -5].map(sequenceSuffix)).toEqual([
      '0000000000',
      '0000000007',
      '2147483647',
      '-2147483648',
      '-000000005',
    ])
  })
})

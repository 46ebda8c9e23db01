// A sentence that strangers can cause at will is said once a second, and nothing is left out unsaid.
import { expect, it } from 'vitest'
import { rarely } from '../../../src/shell/server/rarely.js'

it('says one text a second, and then how many were left out', () => {
  let nowMs = 0
  const said: string[] = []
  const say = rarely(
    (text) => said.push(text),
    () => nowMs,
  )
  for (const text of ['a', 'b', 'c']) say(text)
  nowMs = 1500
  for (const text of ['d', 'e']) say(text)
  nowMs = 2000
  say('f')
  expect(said).toEqual(['a', 'd; 2 more before', 'f; 1 more before'])
})

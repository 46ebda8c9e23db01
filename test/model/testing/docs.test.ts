// Every block of code in docs/testing.md that is marked as tested runs as it stands.
import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import fc from 'fast-check'
import ts from 'typescript'
import * as testing from '../../../model/testing/index.js'

const page = readFileSync(new URL('../../../docs/testing.md', import.meta.url), 'utf8')
const blocks = Array.from(page.matchAll(/^<!-- test -->\n```ts\n([^]*?)^```$/gm), ([, block]) => block ?? '')

/** Names that the page takes for granted are at hand; the promise fails as the code does. */
const run = async (block: string): Promise<void> => {
  const script = ts.transpile(`(async () => {\n${block}})()`, { target: ts.ScriptTarget.ES2022 })
  const ended: unknown = runInNewContext(script, { fc, expect, process, TextDecoder, ...testing })
  await ended
}

it('the page has tested blocks, and no others', () => {
  expect(blocks).toHaveLength(4)
  expect(page.match(/^```ts$/gm)).toHaveLength(blocks.length)
})

it.each(blocks.map((block, index) => [index + 1, block] as const))('block %i', (_, block) => run(block))

it('a block that fails is seen', async () => {
  await expect(run('expect(1).toBe(2)\n')).rejects.toThrow('expected 1 to be 2')
})

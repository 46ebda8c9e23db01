// The same seed does the same in every process, bit for bit: two fresh ones and this one agree.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { simulate } from '../../../model/world/simulate.js'
import { digestOf } from './digest.js'

const SEED = 11
const script = fileURLToPath(new URL('digest-process.ts', import.meta.url))

const elsewhere = async (): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, String(SEED)], {
    timeout: 50_000,
  })
  return stdout.trim()
}

it('agrees with itself in two other processes, and differs for another seed', async () => {
  const here = digestOf(simulate, SEED)
  expect([await elsewhere(), await elsewhere()]).toEqual([here, here])
  expect(digestOf(simulate, SEED + 1)).not.toBe(here)
})

/** A longer run by hand: `npx tsx test/interop/differential/explore.ts <seed> <programs> [steps in each]`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, showDifference, shrink } from './compare.js'
import { program } from './generate.js'
import { Random } from './random.js'
import { startAlone } from './servers.js'
import { Side } from './side.js'

const [seed = 1, programs = 20, length = 150] = process.argv.slice(2).map(Number)

const directory = mkdtempSync(join(tmpdir(), 'zab-differential-'))
const [own, apache] = await Promise.all([
  startAlone('zab', join(directory, 'ours')),
  startAlone('apache', join(directory, 'apache')),
])
const pair = { ours: new Side('ours', own.clientPort), theirs: new Side('Apache', apache.clientPort) }
try {
  const before = Date.now()
  for (let index = 0; index < programs; index += 1) {
    const found = await compare(pair, program(new Random(seed + index), length))
    if (found === undefined) continue
    process.exitCode = 1
    console.log(`seed ${seed + index}\n${showDifference(await shrink(pair, found))}`)
    break
  }
  console.log(`${programs} programs of ${length} steps, from seed ${seed}: ${Date.now() - before} ms`)
} finally {
  pair.ours.end()
  pair.theirs.end()
  await Promise.all([own.stop(), apache.stop()])
  rmSync(directory, { recursive: true, force: true })
}

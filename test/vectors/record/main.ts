/** Records vectors from Apache ZooKeeper 3.8.0. Run by hand: `npx tsx test/vectors/record/main.ts`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { recordEnsemble } from './ensemble.js'
import { recordStandalone } from './standalone.js'

const target = fileURLToPath(new URL('../apache-3.8.0/', import.meta.url))

const main = async (): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'zab-vectors-'))
  try {
    const standalone = await recordStandalone(join(directory, 'standalone'))
    const ensemble = await recordEnsemble(join(directory, 'ensemble'))
    mkdirSync(target, { recursive: true })
    writeJson('client.json', standalone.connections)
    writeJson('quorum.json', ensemble.streams)
    writeJson('election.json', ensemble.election)
    for (const [name, bytes] of [...standalone.files, ...ensemble.files]) writeFileSync(join(target, name), bytes)
  } finally {
    if (process.env['KEEP'] === undefined) rmSync(directory, { recursive: true })
    else process.stdout.write(`${directory}\n`)
  }
}

const writeJson = (name: string, value: unknown): void =>
  writeFileSync(join(target, name), `${JSON.stringify(value, undefined, 1)}\n`)

await main()

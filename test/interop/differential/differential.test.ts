/**
 * Our server beside Apache's: the same random requests, every reply, event and close compared; then each opens the
 * other's files. The comparer is shown faults first, with two servers of ours, so that it is known to see.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ServerProcess } from '../../support/server-process.js'
import { hasApache } from '../../support/server-process.js'
import { compare, showDifference, shrink } from './compare.js'
import type { Difference, Pair } from './compare.js'
import { differences, treeFrom } from './disk.js'
import { program } from './generate.js'
import { knownDifferences } from './known.js'
import type { Tamper } from './link.js'
import { Random } from './random.js'
import { startAlone } from './servers.js'
import { Side } from './side.js'
import type { Step } from './step.js'
import { ROOT } from './step.js'
import { TreeReader } from './tree.js'

const SEED = Number(process.env['DIFFERENTIAL_SEED'] ?? 20)
const PROGRAMS = 20
const STEPS = 150

const directory = mkdtempSync(join(tmpdir(), 'zab-differential-'))
const running: ServerProcess[] = []
const start = async (...of: Parameters<typeof startAlone>): Promise<ServerProcess> => {
  const server = await startAlone(...of)
  running.push(server)
  return server
}
afterAll(async () => {
  await Promise.all(running.map((server) => server.stop()))
  rmSync(directory, { recursive: true, force: true })
})

/** Shrunk, as text; empty when there is none. */
const told = async (pair: Pair, found: Difference | undefined): Promise<string> =>
  found === undefined ? '' : showDifference(await shrink(pair, found))

const run = async (pair: Pair, seed: number): Promise<string> => {
  for (let index = 0; index < PROGRAMS; index += 1) {
    const found = await compare(pair, program(new Random(seed + index), STEPS))
    if (found !== undefined) return `seed ${seed + index}\n${await told(pair, found)}`
  }
  return ''
}

// --- planted faults

const errorAt = 12
const isReply = (frame: Uint8Array, error: number): boolean =>
  new DataView(frame.buffer, frame.byteOffset).getInt32(errorAt) === error
const isEvent = (frame: Uint8Array): boolean => new DataView(frame.buffer, frame.byteOffset).getInt32(0) === -1

const faults: readonly (readonly [name: string, tamper: Tamper])[] = [
  [
    'one error for another',
    (frames) =>
      frames.map((frame) => {
        if (!isReply(frame, -103)) return frame
        const changed = frame.slice()
        new DataView(changed.buffer).setInt32(errorAt, -101)
        return changed
      }),
  ],
  ['an event that does not come', (frames) => frames.filter((frame) => !isEvent(frame))],
  ['two replies in the wrong order', (frames) => (frames.length === 2 ? frames.toReversed() : frames)],
  [
    'one bit in a stat',
    (frames) =>
      frames.map((frame) => (frame.length === 84 ? frame.map((byte, at) => (at === 51 ? byte ^ 1 : byte)) : frame)),
  ],
]

const acl = [{ permissions: 31, id: { scheme: 'world', id: 'anyone' } }]
const a = `${ROOT}/a`
/** Reaches each of the faults above; what is around it is to be cut away. */
const story: readonly Step[] = [
  { kind: 'requests', on: 0, requests: [{ op: 'create', path: `${ROOT}/b`, data: null, acl, flags: 0 }] },
  { kind: 'requests', on: 0, requests: [{ op: 'create', path: a, data: null, acl, flags: 0 }] },
  { kind: 'requests', on: 1, requests: [{ op: 'exists', path: a, watch: true }] },
  { kind: 'requests', on: 0, requests: [{ op: 'setData', path: a, data: null, version: 7 }] },
  {
    kind: 'requests',
    on: 0,
    requests: [
      { op: 'getData', path: `${ROOT}/c`, watch: false },
      { op: 'getData', path: `${ROOT}/d`, watch: false },
    ],
  },
  { kind: 'requests', on: 0, requests: [{ op: 'setData', path: a, data: null, version: 0 }] },
]

describe('the comparer', () => {
  it('sees no difference between two servers of ours, and each planted fault', async () => {
    const [one, other] = await Promise.all([
      start('zab', join(directory, 'one')),
      start('zab', join(directory, 'other')),
    ])
    const theirs = new Side('other', other.clientPort)
    const honest = { ours: new Side('one', one.clientPort), theirs }
    expect(await told(honest, await compare(honest, story))).toBe('')
    expect(await told(honest, await compare(honest, program(new Random(SEED), STEPS)))).toBe('')
    for (const [name, tamper] of faults) {
      const pair = { ours: new Side('one', one.clientPort, tamper), theirs }
      const found = await compare(pair, story)
      expect(found, name).toBeDefined()
      if (found !== undefined) expect((await shrink(pair, found)).steps.length, name).toBeLessThan(found.steps.length)
    }
  })

  it('sees a tree that differs in one node, has one more, or one less', () => {
    const tree = new Map([
      ['/', 'root'],
      ['/a', 'stat'],
    ])
    expect(differences(tree, new Map(tree))).toEqual([])
    expect(differences(tree, new Map(tree).set('/a', 'other'))).toHaveLength(1)
    expect(differences(tree, new Map(tree).set('/b', 'stat'))).toHaveLength(1)
    expect(differences(tree, new Map([['/', 'root']]))).toHaveLength(1)
  })

  it('knows why it forgives what it forgives', () => {
    for (const { reason } of knownDifferences) expect(reason).not.toBe('')
  })
})

describe('Apache ZooKeeper', () => {
  it('is installed, so that the tests below say something', () => {
    if (!hasApache) process.stderr.write('NOT RUN: comparison with Apache ZooKeeper, which is not installed here\n')
    expect(hasApache || process.env['CI'] === undefined).toBe(true)
  })
})

describe.runIf(hasApache)('beside Apache’s server', () => {
  it('says the same to the same requests, and each serves the same tree from the other’s files', async () => {
    const [own, apache] = await Promise.all([
      start('zab', join(directory, 'ours')),
      start('apache', join(directory, 'apache')),
    ])
    const pair = { ours: new Side('ours', own.clientPort), theirs: new Side('Apache', apache.clientPort) }
    expect(await run(pair, SEED)).toBe('')
    expect(await refusals(own.clientPort)).toEqual([
      'opcode 6: -6, closed',
      'opcode 7: -6, closed',
      'opcode 13: -6, closed',
      'opcode 19: -6, closed',
      'opcode 21: -6, closed',
      'opcode 106: -6, closed',
    ])
    await Promise.all([own.stop(), apache.stop()])
    const ofOurs = await treeFrom('apache', own.dataDirectory, join(directory, 'apache-on-ours'))
    const ofTheirs = await treeFrom('apache', apache.dataDirectory, join(directory, 'apache-on-apache'))
    expect([...ofOurs.keys()]).toEqual([...ofTheirs.keys()])
    expect([...ofOurs.values()].map(content)).toEqual([...ofTheirs.values()].map(content))
    expect(ofOurs.size).toBeGreaterThan(PROGRAMS)
    expect([...ofOurs.values()].filter((node) => node.includes('err=-'))).toEqual([])
    const oursAgain = await treeFrom('zab', own.dataDirectory, join(directory, 'ours-on-ours'), [...ofOurs.keys()])
    const theirsHere = await treeFrom('zab', apache.dataDirectory, join(directory, 'ours-on-apache'), [
      ...ofTheirs.keys(),
    ])
    expect(differences(ofOurs, oursAgain)).toEqual([])
    expect(differences(ofTheirs, theirsHere)).toEqual([])
  })
})

/** A node without what is each server's own: zxids, times, the owner's id. */
const content = (node: string): string =>
  node.replace(/(czxid|mzxid|pzxid|ctime|mtime)=\S+/g, '').replace(/owner=(?!0\b)\S+/, 'owner')

/** What ours says to requests that it does not serve. */
const refusals = async (port: number): Promise<readonly string[]> => {
  const answers: string[] = []
  for (const opcode of [6, 7, 13, 19, 21, 106]) {
    const reader = await TreeReader.open(port)
    const frame = await reader.ask({ op: 'unimplemented', opcode })
    const error = frame === undefined ? 'none' : new DataView(frame.buffer, frame.byteOffset).getInt32(errorAt)
    answers.push(`opcode ${opcode}: ${error}, ${(await reader.ends()) ? 'closed' : 'open'}`)
    reader.close()
  }
  return answers
}

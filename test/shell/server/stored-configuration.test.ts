// A server starts with the configuration that its ensemble agreed on, shows it, and says when zoo.cfg overrules it.
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Configuration, ServerId } from '../../../src/core/configuration.js'
import { ZERO } from '../../../src/core/zxid.js'
import { defaultSettings } from '../../../src/shell/configuration/render.js'
import { overruled, showConfiguration } from '../../../src/shell/server/stored-configuration.js'
import { closed, open } from '../network/support.js'
import { startTestServer, type TestServer } from './support.js'

const STORED = [
  'server.1=127.0.0.1:2001:3001:participant',
  'server.2=127.0.0.1:2002:3002:observer',
  'version=700000005',
].join('\n')

/** Of zoo.cfg: both vote, so one alone cannot lead. */
const listed = (...ids: readonly ServerId[]): Configuration => ({
  version: ZERO,
  members: ids.map((id) => ({ id, role: 'participant', host: '127.0.0.1', quorumPort: 0, electionPort: 0 })),
  quorums: { kind: 'Majority', voters: ids },
})

let directory = ''
let server: TestServer | undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zab-stored-'))
  await mkdir(join(directory, 'version-2'))
  await writeFile(join(directory, 'version-2', 'committedConfiguration'), `${STORED}\n`)
})

afterEach(async () => {
  await server?.dispose()
  server = undefined
  await rm(directory, { recursive: true, force: true })
})

const ask = async (word: string): Promise<string> => {
  const socket = await open(server?.ports.client ?? 0)
  const answer = closed(socket)
  socket.write(word)
  return answer
}

describe('a server whose ensemble has agreed on a configuration', () => {
  it('starts with that one, whatever zoo.cfg lists, and shows it', async () => {
    const dataDir = { dataDir: directory, dataLogDir: directory }
    server = await startTestServer({
      ...dataDir,
      ensemble: listed(1, 2),
      reconfigEnabled: true,
      fourLetterWords: 'all',
    })
    expect(await ask('conf')).toContain(`peerType=0\nmembership: \n${STORED}`)
    expect(await ask('mntr')).toContain('zk_quorum_size\t1\n')
    expect(server.warnings.waiting).toEqual([])
  })

  it('goes by zoo.cfg when reconfiguration is disabled, and warns', async () => {
    server = await startTestServer({ dataDir: directory, dataLogDir: directory, fourLetterWords: 'all' })
    expect(await server.warnings.next()).toMatch(
      /agreed on configuration 0x700000005: servers 1, 2 \(observer\); with /,
    )
    expect(await ask('conf')).toContain('membership: \nserver.1=127.0.0.1:0:0:participant\nversion=0')
  })
})

describe('the warning that zoo.cfg overrules what is stored', () => {
  const agreed: Configuration = { ...listed(1, 2), version: { epoch: 7, counter: 5 } }
  const warning = (stored: Configuration | undefined, reconfigEnabled = false): string | undefined =>
    overruled({ ...defaultSettings('/d'), self: 1, ensemble: listed(1, 2), reconfigEnabled }, stored)

  it('comes where both differ in members, and reconfiguration is disabled', () => {
    expect(warning({ ...agreed, ...listed(1, 2, 3), version: agreed.version })).toContain('servers 1, 2, 3;')
  })

  it('does not come where they agree, but for what clients need, or where nothing is stored, or where that counts', () => {
    const members = agreed.members.map((member) => ({ ...member, clientAddress: { host: 'h', port: 1 } }))
    expect([agreed, { ...agreed, members }, undefined].map((stored) => warning(stored))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(warning(listed(1, 2, 3), true)).toBeUndefined()
  })

  it('names observers', () => {
    const [one, two] = agreed.members
    if (one === undefined || two === undefined) throw new Error('no members')
    expect(showConfiguration({ ...agreed, members: [one, { ...two, role: 'observer' }] })).toBe(
      '0x700000005: servers 1, 2 (observer)',
    )
  })
})

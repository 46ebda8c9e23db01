/** `dynamicConfigFile`: read as ZooKeeper reads it, written as ZooKeeper writes it, and a start finds what was written. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { zxid } from '../../../src/core/zxid.js'
import type { Configuration } from '../../../src/core/configuration.js'
import { showError } from '../../../src/service/configuration/error.js'
import { configurationFrom } from '../../../src/service/configuration/text.js'
import { versionOfName } from '../../../src/shell/configuration/dynamic-file.js'
import { makeDynamicFileWriter } from '../../../src/shell/configuration/dynamic-file-writer.js'
import { readServerConfiguration } from '../../../src/shell/configuration/read.js'
import { parse } from '../../../src/shell/configuration/zoo-cfg.js'
import { nodeFileSystem } from '../../../src/shell/storage/file-system.js'

const STATIC = ['dataDir=/d', 'initLimit=3', 'syncLimit=3', 'dynamicConfigFile=/c/zoo.cfg.dynamic.100000003'].join('\n')
const SERVERS = 'server.1=a:1:2;2181\nserver.2=b:1:2:observer\nserver.3=c:1:2\n'

const read = (zooCfg: string, text: string) => parse(zooCfg, 'zoo.cfg', { path: '/c/zoo.cfg.dynamic.100000003', text })

const reasons = (zooCfg: string, text: string): string => {
  const result = read(zooCfg, text)
  return result._tag === 'Left' ? result.left.map(showError).join('\n') : 'fine'
}

describe('the dynamic file', () => {
  it('names the servers, and its name their version', () => {
    expect(read(STATIC, SERVERS)).toMatchObject({
      right: { settings: { ensemble: { version: zxid(1, 3), members: [{ id: 1 }, { id: 2 }, { id: 3 }] } } },
    })
  })

  it.each([
    ['zoo.cfg.dynamic.100000003', zxid(1, 3)],
    ['zoo.cfg.dynamic', zxid(0, 0)],
    ['zoo.cfg.dynamic.next', zxid(0, 0)],
    ['dyn', zxid(0, 0)],
    ['a.b/dyn', zxid(0, 0)],
    ['x.', zxid(0, 0)],
    ['x.11111111111111111', zxid(0, 0)],
  ])('%s has the version %j', (name, version) => {
    expect(versionOfName(name)).toEqual(version)
  })

  it('is the only place of servers, and has nothing else in it, as in ZooKeeper', () => {
    expect(reasons(`${STATIC}\nserver.1=a:1:2`, SERVERS)).toContain(
      'zoo.cfg:5: server.1: servers, groups and weights stand',
    )
    expect(reasons(STATIC, `${SERVERS}version=5`)).toContain(
      'zoo.cfg.dynamic.100000003:4: version: the name of this file',
    )
    expect(reasons(STATIC, `${SERVERS}clientPort=5`)).toContain(':4: clientPort: it belongs into zoo.cfg')
    expect(reasons(STATIC, 'server.1=a')).toContain(
      '/c/zoo.cfg.dynamic.100000003:1: server.1: "a" is not a server line',
    )
    expect(reasons(`${STATIC}\nsslQuorum=true`, SERVERS)).toContain('TLS is not implemented')
  })
})

describe('a directory with zoo.cfg and a dynamic file', () => {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'dynamic-file-'))
    writeFileSync(path.join(directory, 'myid'), '1')
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const zooCfg = (...lines: readonly string[]): string => {
    const file = path.join(directory, 'zoo.cfg')
    const text = ['# a comment', `dataDir=${directory}`, 'initLimit=3', 'syncLimit=3', 'a\\=b=c:d', ...lines].join('\n')
    writeFileSync(file, text)
    return file
  }

  const configured = (text: string): Configuration => {
    const configuration = configurationFrom(text)
    if (configuration === undefined) throw new Error(text)
    return configuration
  }

  it('is refused when the file is not there, or named by nothing', async () => {
    const missing = path.join(directory, 'none')
    expect(await readServerConfiguration(zooCfg(`dynamicConfigFile=${missing}`))).toMatchObject({
      left: [{ kind: 'Unreadable', file: missing }],
    })
    expect(await readServerConfiguration(zooCfg('dynamicConfigFile='))).toMatchObject({
      left: [{ key: 'dynamicConfigFile' }],
    })
  })

  it('points to what the ensemble agreed on, and starts with that', async () => {
    const first = path.join(directory, 'servers')
    writeFileSync(first, SERVERS.replace(';2181', ''))
    const file = zooCfg(`dynamicConfigFile=${first}`, 'clientPort=2181')
    const before = await readServerConfiguration(file)
    expect(before).toMatchObject({ right: { configuration: { self: 1, zooCfgToRewrite: file } } })

    const agreed = configured(`${SERVERS}server.4=d:1:2;2181\nversion=200000007`)
    const writer = makeDynamicFileWriter(file, 1, nodeFileSystem, { warn: (text) => expect.unreachable(text) })
    writer.committed(configured(`${SERVERS}version=200000005`))
    writer.committed(agreed)
    await writer.settled()

    const name = 'zoo.cfg.dynamic.200000007'
    expect(readFileSync(path.join(directory, name), 'utf8')).toBe(
      [
        'server.1=a:1:2:participant;0.0.0.0:2181',
        'server.2=b:1:2:observer',
        'server.3=c:1:2:participant',
        'server.4=d:1:2:participant;0.0.0.0:2181',
        '',
      ].join('\n'),
    )
    expect(readFileSync(file, 'utf8')).toBe(
      [
        `dataDir=${directory}`,
        'initLimit=3',
        'syncLimit=3',
        'a\\=b=c:d',
        `dynamicConfigFile=${path.join(directory, name)}`,
        '',
      ].join('\n'),
    )
    expect(await readServerConfiguration(file)).toMatchObject({
      right: { configuration: { ensemble: agreed, clientAddress: { port: 2181 } } },
    })
    expect(readdirSync(directory).filter((entry) => entry.endsWith('.tmp'))).toEqual([])
  })

  it('keeps its files when this server was let go', async () => {
    const file = zooCfg('dynamicConfigFile=x')
    const writer = makeDynamicFileWriter(file, 9, nodeFileSystem, { warn: (text) => expect.unreachable(text) })
    writer.committed(configured(`${SERVERS}version=1`))
    await writer.settled()
    expect(readdirSync(directory)).toEqual(['myid', 'zoo.cfg'])
  })

  it('that cannot be written is said once, and harms nobody', async () => {
    const said: string[] = []
    const writer = makeDynamicFileWriter(path.join(directory, 'none', 'zoo.cfg'), 1, nodeFileSystem, {
      warn: (text) => void said.push(text),
    })
    for (const version of [1, 2]) writer.committed(configured(`${SERVERS}version=${version}`))
    await writer.settled()
    expect(said).toEqual([expect.stringContaining('committedConfiguration in dataDir has it, and counts')])
  })
})

/** What is rendered parses to the same again: zoo.cfg, the configuration text, and single properties. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Configuration, Member } from '../../../src/core/configuration.js'
import type { QuorumSystem } from '../../../src/core/quorum.js'
import { ZERO, zxid } from '../../../src/core/zxid.js'
import { parseProperties, renderProperty } from '../../../src/shell/configuration/properties.js'
import { defaultSettings, renderZooCfg } from '../../../src/shell/configuration/render.js'
import { readServerConfiguration } from '../../../src/shell/configuration/read.js'
import type { Settings } from '../../../src/shell/configuration/server-configuration.js'
import { configurationText, parseConfigurationText } from '../../../src/shell/configuration/text.js'
import { parse } from '../../../src/shell/configuration/zoo-cfg.js'

const port = fc.integer({ min: 1, max: 65_535 })
const host = fc.constantFrom('127.0.0.1', 'zk-1.example.com', '::1', 'fe80::1%eth0', 'host')
const address = fc.record({ host, port })

const members: fc.Arbitrary<readonly Member[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 254 }), { minLength: 2, maxLength: 7 })
  .chain((ids) =>
    fc.tuple(
      ...ids
        .toSorted((first, second) => first - second)
        .map((id, index) =>
          fc
            .record({
              role: index < 2 ? fc.constant('participant' as const) : fc.constantFrom('participant', 'observer'),
              host,
              quorumPort: port,
              clientAddress: fc.option(address, { nil: undefined }),
            })
            .map(({ clientAddress, ...rest }): Member => {
              const member: Member = { id, ...rest, electionPort: (rest.quorumPort % 65_535) + 1 }
              return clientAddress === undefined ? member : { ...member, clientAddress }
            }),
        ),
    ),
  )

/** Majority, or one group a parity of ids with weights. */
const quorumsOf = (list: readonly Member[], weights: readonly number[] | undefined): QuorumSystem => {
  const voters = list.filter(({ role }) => role === 'participant').map(({ id }) => id)
  if (weights === undefined) return { kind: 'Majority', voters }
  const weighted = voters.map((id, index) => ({ id, weight: weights[index] ?? 1 }))
  const groups = [1, 2].map((id) => ({ id, members: weighted.filter((voter) => voter.id % 2 === id % 2) }))
  return { kind: 'Hierarchical', groups: groups.filter((group) => group.members.length > 0) }
}

const ensemble: fc.Arbitrary<Configuration> = fc
  .tuple(members, fc.option(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 7 }), { nil: undefined }))
  .map(([list, weights]) => ({ version: ZERO, members: list, quorums: quorumsOf(list, weights) }))

const settings: fc.Arbitrary<Settings> = fc
  .record({
    ensemble,
    dataDir: fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }).map((name) => `/${name.trim()}/d`),
    dataLogDir: fc.constantFrom('/log', 'C:\\zoo\\log', '/with blank/# ! = :'),
    clientAddress: fc.option(address, { nil: undefined }),
    tickTimeMs: fc.integer({ min: 1, max: 10_000 }),
    initLimit: fc.integer({ min: 1, max: 100 }),
    snapCount: fc.integer({ min: 2, max: 1_000_000 }),
    forceSync: fc.boolean(),
    quorumListenOnAllIPs: fc.boolean(),
    fourLetterWords: fc.oneof(fc.constant('all' as const), fc.constant(['srvr', 'mntr'])),
  })
  .map((some) => ({ ...defaultSettings('/d'), ...some, standalone: false }))

describe('configuration texts', () => {
  it('render and parse a zoo.cfg', () => {
    fc.assert(
      fc.property(settings, (value) => {
        expect(parse(renderZooCfg(value, 'two\nlines'), 'zoo.cfg')).toMatchObject({ right: { settings: value } })
      }),
      { numRuns: 200 },
    )
  })

  it('render and parse the configuration text', () => {
    fc.assert(
      fc.property(ensemble, fc.integer({ min: 0, max: 0x7fffffff }), fc.nat(), (value, epoch, counter) => {
        const versioned = { ...value, version: zxid(epoch, counter) }
        expect(parseConfigurationText(configurationText(versioned))).toEqual({ _tag: 'Right', right: versioned })
      }),
      { numRuns: 200 },
    )
  })

  it('render and parse any property whose value has no blanks around it', () => {
    const key = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.trim() === text)
    const value = fc.string({ unit: 'binary' }).filter((text) => text.trim() === text)
    fc.assert(
      fc.property(key, value, (k, v) => {
        expect(parseProperties(renderProperty(k, v), 'x')).toMatchObject({ right: [{ key: k, value: v, line: 1 }] })
      }),
      { numRuns: 500 },
    )
  })

  it('never throw, whatever they are given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        parse(text, 'x')
        parse(`server.1=${text}\ngroup.1=${text}`, 'x')
        parseConfigurationText(text)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the configuration text', () => {
  it('is what Apache ZooKeeper writes: roles always there, version in hexadecimal, no line end', () => {
    const text = 'server.1=127.0.0.1:21011:21012:participant\nserver.2=b:1:2:observer;0.0.0.0:2181\nversion=100000000'
    const read = parseConfigurationText(text)
    expect(read).toMatchObject({ right: { version: { epoch: 1, counter: 0 }, members: [{ id: 1 }, { id: 2 }] } })
    expect(read._tag === 'Right' && configurationText(read.right)).toBe(text)
  })

  it('refuses other keys and a version that is no number', () => {
    expect(parseConfigurationText('server.1=a:1:2\ndataDir=/x')._tag).toBe('Left')
    expect(parseConfigurationText('server.1=a:1:2\nversion=xyz')._tag).toBe('Left')
  })
})

describe('readServerConfiguration', () => {
  it('says which file is missing', async () => {
    expect(await readServerConfiguration('/nowhere/zoo.cfg')).toMatchObject({
      left: [{ kind: 'Unreadable', file: '/nowhere/zoo.cfg', reason: 'there is no such file' }],
    })
  })
})

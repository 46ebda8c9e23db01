/** A zoo.cfg that is rendered parses to the same settings again. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultSettings, renderZooCfg } from '../../../src/shell/configuration/render.js'
import { readServerConfiguration } from '../../../src/shell/configuration/read.js'
import type { Settings } from '../../../src/shell/configuration/server-configuration.js'
import { parse } from '../../../src/shell/configuration/zoo-cfg.js'
import { address, ensemble } from '../../service/configuration/arbitraries.js'

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
    reconfigEnabled: fc.boolean(),
    autocreateDatabase: fc.boolean(),
    startAlone: fc.boolean(),
    membersFromAnywhere: fc.boolean(),
    skipAcl: fc.boolean(),
    fourLetterWords: fc.oneof(fc.constant('all' as const), fc.constant(['srvr', 'mntr'])),
  })
  .map((some) => ({ ...defaultSettings('/d'), ...some, standalone: false }))

describe('the text of a zoo.cfg', () => {
  it('comes back', () => {
    fc.assert(
      fc.property(settings, (value) => {
        expect(parse(renderZooCfg(value, 'two\nlines'), 'zoo.cfg')).toMatchObject({ right: { settings: value } })
      }),
      { numRuns: 200 },
    )
  })

  it('is never too odd to be looked at', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        parse(text, 'x')
        parse(`server.1=${text}\ngroup.1=${text}`, 'x')
      }),
      { numRuns: 500 },
    )
  })
})

describe('readServerConfiguration', () => {
  it('says which file is missing', async () => {
    expect(await readServerConfiguration('/nowhere/zoo.cfg')).toMatchObject({
      left: [{ kind: 'Unreadable', file: '/nowhere/zoo.cfg', reason: 'there is no such file' }],
    })
  })
})

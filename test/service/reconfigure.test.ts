/** Reconfigurations: what they make of a configuration, the order of their checks, and what they write. RECFG-1, RECFG-2. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../src/core/configuration.js'
import { UNTRUSTED, ZERO, zxid } from '../../src/core/zxid.js'
import { apply } from '../../src/service/apply.js'
import { configurationIn, configurationOf } from '../../src/service/configuration/data.js'
import { renderServerLine } from '../../src/service/configuration/server-line.js'
import { MAXIMUM_MEMBERS, parseConfigurationText } from '../../src/service/configuration/text.js'
import { digestOf, empty, withConfigurationText } from '../../src/service/database.js'
import type { Database } from '../../src/service/database.js'
import { errorCode } from '../../src/service/error.js'
import type { ErrorName } from '../../src/service/error.js'
import { prepare } from '../../src/service/prepare.js'
import type { WriteContext } from '../../src/service/prepare.js'
import { proposedConfiguration } from '../../src/service/reconfigure.js'
import type { EnsembleView } from '../../src/service/reconfigure.js'
import type { ReconfigRequest, WriteRequest } from '../../src/service/request.js'
import { removeChild, find, statOf, trailTo } from '../../src/service/tree.js'
import { ensemble } from './configuration/arbitraries.js'
import { contextAt, entryOf } from './histories.js'

const of = (...lines: readonly string[]): Configuration => {
  const parsed = parseConfigurationText(lines.join('\n'))
  if (parsed._tag === 'Left') throw new Error(parsed.left)
  return parsed.right
}

const line = (id: number, role = 'participant', client = ';2181'): string =>
  `server.${id}=h${id}:2888:3888:${role}${client}`

const THREE = of(line(1), line(2), line(3, 'observer'), 'version=100000000')
const GROUPS = of(line(1), line(2), line(3), 'group.1=1', 'group.2=2:3', 'version=100000000')
const AT = zxid(1, 9)

const request = (wanted: Partial<ReconfigRequest> = {}): ReconfigRequest => ({
  op: 'reconfig',
  joining: null,
  leaving: null,
  newMembers: null,
  fromConfig: UNTRUSTED,
  ...wanted,
})

const proposed = (wanted: Partial<ReconfigRequest>, committed = THREE): Configuration | number => {
  const result = proposedConfiguration(committed, request(wanted), AT)
  return result._tag === 'Right' ? result.right : result.left
}

const versioned = (...lines: readonly string[]): Configuration => ({ ...of(...lines), version: AT })

describe('an incremental reconfiguration', () => {
  it('adds those who join and takes away those who leave', () => {
    expect(proposed({ joining: `${line(5)}, ${line(4, 'observer')}`, leaving: '2,3' })).toEqual(
      versioned(line(1), line(4, 'observer'), line(5)),
    )
    expect(proposed({ joining: line(4) })).toEqual(versioned(line(1), line(2), line(3, 'observer'), line(4)))
    expect(proposed({ leaving: ' 3 ' })).toEqual(versioned(line(1), line(2)))
  })

  it('names no more servers than an ensemble may have', () => {
    const many = Array.from({ length: MAXIMUM_MEMBERS + 1 }, (_, index) => 10 + index)
    expect(proposed({ leaving: many.slice(1).join() })).toEqual(versioned(line(1), line(2), line(3, 'observer')))
    expect(proposed({ leaving: many.join() })).toBe(errorCode.BADARGUMENTS)
    expect(proposed({ joining: many.map((id) => line(id)).join() })).toBe(errorCode.BADARGUMENTS)
  })

  it('gives a member that is there another role or another client address', () => {
    expect(proposed({ joining: line(3) })).toEqual(versioned(line(1), line(2), line(3)))
    expect(proposed({ joining: line(2, 'observer', ';c2:2182') })).toEqual(
      versioned(line(1), line(2, 'observer', ';c2:2182'), line(3, 'observer')),
    )
    expect(proposed({ joining: `${line(3)},${line(3, 'observer', ';2182')}` })).toEqual(
      versioned(line(1), line(2), line(3, 'observer', ';2182')),
    )
  })

  it('lets a server that leaves and joins be there', () => {
    expect(proposed({ joining: line(3), leaving: '3' })).toEqual(versioned(line(1), line(2), line(3)))
  })

  it('passes over those who leave and were not there, and changes nothing but the version when nothing is asked', () => {
    expect(proposed({ leaving: '9,9,3' })).toEqual(versioned(line(1), line(2)))
    for (const nothing of [{}, { joining: '', leaving: '' }, { joining: ' , ' }])
      expect(proposed(nothing)).toEqual({ ...THREE, version: AT })
  })

  it('keeps members whose static file gives no client address', () => {
    const committed = of(line(1, 'participant', ''), line(2, 'participant', ''), 'version=0')
    expect(proposed({ joining: line(3) }, committed)).toEqual(
      versioned(line(1, 'participant', ''), line(2, 'participant', ''), line(3)),
    )
  })

  it('is not for groups', () => {
    expect(proposed({ leaving: '3' }, GROUPS)).toBe(errorCode.BADARGUMENTS)
  })
})

describe('a whole new configuration', () => {
  it('keeps nothing of the old one, its version neither', () => {
    const lines = [line(2), line(7)]
    expect(proposed({ newMembers: lines.join(',') })).toEqual(versioned(...lines))
    expect(proposed({ newMembers: [...lines, 'version=77'].join('\n') })).toEqual(versioned(...lines))
    expect(proposed({ newMembers: lines.join(','), joining: '', leaving: ' ' })).toEqual(versioned(...lines))
  })

  it('may have groups, and leave them', () => {
    const grouped = [line(1), line(2), line(3), 'group.1=1:2', 'group.2=3', 'weight.3=2']
    expect(proposed({ newMembers: grouped.join(',') })).toEqual(versioned(...grouped))
    expect(proposed({ newMembers: line(1) }, GROUPS)).toEqual(versioned(line(1)))
  })

  it('names several addresses of a server only where there are some already, as ZooKeeper cannot read them otherwise', () => {
    const several = 'server.1=a:1:2|b:1:2;3'
    expect(proposed({ newMembers: several }, of('server.9=z:1:2', 'version=5'))).toBe(errorCode.BADARGUMENTS)
    expect(proposed({ newMembers: several }, of('server.9=z:1:2|y:1:2', 'version=5'))).toMatchObject({
      members: [{ id: 1, host: 'a', otherAddresses: [{ host: 'b', quorumPort: 1, electionPort: 2 }] }],
    })
  })

  it('turns any configuration of members with client addresses into any other', () => {
    fc.assert(
      fc.property(ensemble, (wanted) => {
        const members = wanted.members.map(({ otherAddresses: _, ...member }, index) => ({
          ...member,
          host: `m${index}`,
          clientAddress: { host: '0.0.0.0', port: 65_535 - (member.quorumPort > 60_000 ? 60_000 : 0) },
        }))
        const lines = members.map((member) => `server.${member.id}=${renderServerLine(member)}`)
        const voters = members.filter(({ role }) => role === 'participant').map(({ id }) => id)
        const committed = of('server.999=z:1:2', 'version=5')
        const expected = { version: AT, members, quorums: { kind: 'Majority', voters } }
        const ports = members.map(({ electionPort, quorumPort, clientAddress: { port } }) => [
          electionPort,
          quorumPort,
          port,
        ])
        fc.pre(ports.every((three) => new Set(three).size === 3))
        expect(proposed({ newMembers: lines.join(',') }, committed)).toEqual(expected)
        // The same, asked for the other way.
        expect(proposed({ joining: lines.join(','), leaving: '999' }, committed)).toEqual(expected)
      }),
    )
  })
})

describe('what is refused as it stands', () => {
  it.each<readonly [string, Partial<ReconfigRequest>]>([
    ['both kinds at once', { newMembers: line(1), joining: line(2) }],
    ['both kinds at once', { newMembers: line(1), leaving: '2' }],
    ['no server line', { joining: 'server.4=h4' }],
    ['no number', { joining: 'server.=h4:1:2;3' }],
    ['one good line and a bad one', { joining: `${line(4)},nobody` }],
    ['a group that joins', { joining: 'group.1=1' }],
    ['a name that leaves', { leaving: 'h1' }],
    ['a negative number', { leaving: '-1' }],
    ['no port for clients', { joining: line(4, 'participant', '') }],
    ['no port for clients of a new member', { newMembers: `${line(1)},${line(2, 'participant', '')}` }],
    ['nobody at all', { newMembers: '' }],
    ['observers only', { newMembers: `${line(1, 'observer')},${line(2, 'observer')}` }],
    ['everybody leaves', { leaving: '1,2,3' }],
    ['all voters leave', { leaving: '1,2' }],
    ['all voters become observers', { joining: `${line(1, 'observer')},${line(2, 'observer')}` }],
    ['another key', { newMembers: `${line(1)},dataDir=/d` }],
    ['a server twice', { newMembers: `${line(1)},${line(1)}` }],
    ['a voter in no group', { newMembers: `${line(1)},${line(2)},group.1=1` }],
    ['another host', { joining: 'server.2=elsewhere:2888:3888;2181' }],
    ['another quorum port', { joining: 'server.2=h2:2889:3888;2181' }],
    ['another election port', { newMembers: `${line(1)},server.2=h2:2888:3889;2181` }],
    ['another host after leaving', { joining: 'server.2=elsewhere:2888:3888;2181', leaving: '2' }],
    ['the address of another', { joining: 'server.4=h1:2888:3889;2182' }],
    ['the quorum port of one as the election port of another', { joining: 'server.4=h1:3889:2888;2182' }],
    ['the client port of another on its host', { joining: 'server.4=h1:2889:3889;2181' }],
    [
      'the client address of another',
      { newMembers: `${line(1, 'participant', ';c:1')},${line(2, 'participant', ';c:1')}` },
    ],
    ['its own quorum port for clients', { joining: 'server.4=h4:2888:3888;2888' }],
    ['a line end in a host', { newMembers: `${line(1)},server.4=a\\nb:1:2;3` }],
    ['a backslash in a host', { joining: 'server.4=a\\b:1:2;3' }],
    ['half a character in a host', { newMembers: `${line(1)},server.4=a\\ud800:1:2;3` }],
    ['too many', { joining: Array.from({ length: 1000 }, (_, index) => line(index + 4)).join(',') }],
  ])('%s (%#)', (_name, wanted) => {
    expect(proposed(wanted)).toBe(errorCode.BADARGUMENTS)
  })

  it('is not what looks like it: addresses that tell no machines apart, on machines that differ', () => {
    const client = (id: number, address: string): string => line(id, 'participant', `;${address}`)
    for (const address of ['2181', '0.0.0.0:2181', '[::]:2181', '127.0.0.1:2181', 'localhost:2181'])
      expect(proposed({ newMembers: `${client(1, address)},${client(2, address)}` })).toMatchObject({ version: AT })
  })
})

// --- as a request

const view = (check: EnsembleView['check'] = () => 'Possible', committed = THREE): EnsembleView => ({
  committed,
  check,
})
const inProgress = view(() => 'InProgress')
/** A quorum of the configuration that is there, none of any other. */
const noQuorum = view((configuration) => (configuration === THREE ? 'Possible' : 'NoQuorum'))

const SUPER = [{ scheme: 'super', id: '' }]

const start: Database = withConfigurationText(empty, 'version=100000000', zxid(1, 0))

const contextOf = (overrides: Partial<WriteContext> = {}): WriteContext => ({
  ...contextAt(9, 7n),
  ids: SUPER,
  ensemble: view(),
  ...overrides,
})

const withoutEnsemble: WriteContext = { ...contextAt(9, 7n), ids: SUPER }

describe('a request for a reconfiguration', () => {
  const wanted = request({ joining: line(4), leaving: '3' })
  const TEXT = [line(1), line(2), line(4)]
    .map((each) => each.replace(';2181', ';0.0.0.0:2181'))
    .concat('version=100000009')
    .join('\n')

  it('writes the text with the version of its own zxid, and answers with it', () => {
    const { record, digest, applied } = prepare(start, contextOf(), wanted)
    const data = new TextEncoder().encode(TEXT)
    expect(record).toEqual({ type: 'reconfig', path: '/zookeeper/config', data, version: -1 })
    const node = find(applied.database.tree, '/zookeeper/config')
    if (node === undefined) throw new Error('no configuration')
    expect(applied.result).toEqual({ error: 0, body: { op: 'reconfig', data, stat: statOf(node) } })
    expect(statOf(node)).toMatchObject({ version: -1, mzxid: AT, aversion: -1, dataLength: data.length })
    expect(applied.changes).toEqual([{ type: 'dataChanged', path: '/zookeeper/config' }])
    // No digest knows the node: the transaction carries the one from before.
    expect(digest).toBe(digestOf(start))
    expect(digestOf(applied.database)).toBe(digestOf(start))
    expect(configurationIn(applied.database)).toEqual(versioned(line(1), line(2), line(4)))
  })

  it('does on every replica what the leader foretold', () => {
    const context = contextOf()
    const { record, digest, applied } = prepare(start, context, wanted)
    const entry = entryOf(context, record, digest)
    expect(apply(start, entry)).toEqual(applied)
    expect(configurationOf(entry.transaction)).toEqual(configurationIn(applied.database))
    // Replayed over an image that has it already.
    expect(configurationIn(apply(applied.database, entry).database)).toEqual(configurationIn(applied.database))
  })

  it('is checked against what it proposes, and needs no change to be asked', () => {
    const seen: Configuration[] = []
    const check: EnsembleView['check'] = (configuration) => {
      seen.push(configuration)
      return 'Possible'
    }
    prepare(start, contextOf({ ensemble: view(check) }), wanted)
    expect(seen.at(-1)).toEqual(versioned(line(1), line(2), line(4)))
  })

  it('finds a wrong version, and takes −1 and the right one', () => {
    for (const fromConfig of [UNTRUSTED, THREE.version])
      expect(prepare(start, contextOf(), request({ fromConfig })).record.type).toBe('reconfig')
    for (const fromConfig of [ZERO, zxid(1, 1), zxid(0, 0xffffffff), zxid(-1, 0)])
      expect(prepare(start, contextOf(), request({ fromConfig })).record).toEqual({
        type: 'error',
        error: errorCode.BADVERSION,
      })
  })
})

describe('the order of the checks', () => {
  /** Everything is wrong; then one thing after the other is put right, in the order in which they are found. */
  const wrong = request({ joining: 'nobody', fromConfig: ZERO })
  const stranger = { ids: [] } as const
  const steps: readonly (readonly [ErrorName, WriteContext, WriteRequest])[] = [
    ['RECONFIGDISABLED', { ...withoutEnsemble, ...stranger, session: 'expired' }, wrong],
    ['SESSIONEXPIRED', contextOf({ ...stranger, session: 'expired', ensemble: inProgress }), wrong],
    ['SESSIONMOVED', contextOf({ ...stranger, session: 'moved', ensemble: inProgress }), wrong],
    ['RECONFIGINPROGRESS', contextOf({ ...stranger, ensemble: inProgress }), wrong],
    ['BADVERSION', contextOf({ ...stranger, ensemble: noQuorum }), wrong],
    ['BADARGUMENTS', contextOf({ ...stranger, ensemble: noQuorum }), request({ joining: 'nobody' })],
    ['NEWCONFIGNOQUORUM', contextOf({ ...stranger, ensemble: noQuorum }), request({ joining: line(4) })],
    ['NOAUTH', contextOf(stranger), request({ joining: line(4) })],
  ]

  it.each(steps)('%s', (name, context, asked) => {
    const { record, digest, applied } = prepare(start, context, asked)
    expect(record).toEqual({ type: 'error', error: errorCode[name] })
    expect(digest).toBeUndefined()
    expect(applied).toEqual({
      database: { ...start, lastProcessed: AT },
      result: { error: errorCode[name], body: undefined },
      changes: [],
    })
  })

  it('ends with the node, which a foreign image may lack', () => {
    const trail = trailTo(start.tree, '/zookeeper')
    const node = find(start.tree, '/zookeeper/config')
    if (trail === undefined || node === undefined) throw new Error('no configuration')
    const tree = removeChild(start.tree, trail, trail.target.stat, 'config', '/zookeeper/config', node)
    const { record } = prepare({ ...start, tree }, contextOf(), request({ joining: line(4) }))
    expect(record).toEqual({ type: 'error', error: errorCode.NONODE })
  })
})

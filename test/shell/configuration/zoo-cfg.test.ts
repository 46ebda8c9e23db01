/** zoo.cfg: Java's syntax, every default, and errors that name the place, the reason and the remedy. */
import { describe, expect, it } from 'vitest'
import { complete, warningsOf } from '../../../src/shell/configuration/complete.js'
import { showError, showWarning } from '../../../src/service/configuration/error.js'
import { defaultSettings } from '../../../src/shell/configuration/render.js'
import { parse } from '../../../src/shell/configuration/zoo-cfg.js'

const THREE = ['server.1=a:2888:3888', 'server.2=b:2888:3888', 'server.3=c:2888:3888:observer;2181']

const parsed = (...lines: readonly string[]) => {
  const result = parse(lines.join('\n'), 'zoo.cfg')
  if (result._tag === 'Left') throw new Error(result.left.map(showError).join('\n'))
  return result.right
}

const errors = (...lines: readonly string[]): readonly string[] => {
  const result = parse(lines.join('\n'), 'zoo.cfg')
  return result._tag === 'Left' ? result.left.map(showError) : []
}

describe('zoo.cfg', () => {
  it('needs dataDir alone; all else has a default', () => {
    expect(parsed('dataDir=/d')).toEqual({ settings: defaultSettings('/d'), warnings: [], notes: [] })
  })

  it('reads the syntax of Java properties', () => {
    const { settings } = parsed(
      '# a comment',
      '   ! another',
      'dataDir : /var/lib/\\',
      '   zookeeper',
      'tickTime 2000',
      'clientPort=\t2181 ',
      'dataLogDir=/l\\u006fg\\:x',
    )
    expect(settings.dataDir).toBe('/var/lib/zookeeper')
    expect(settings.tickTimeMs).toBe(2000)
    expect(settings.clientAddress).toEqual({ host: '0.0.0.0', port: 2181 })
    expect(settings.dataLogDir).toBe('/log:x')
  })

  it('derives the session timeouts from the tick', () => {
    const { settings } = parsed('dataDir=/d', 'tickTime=100')
    expect([settings.minSessionTimeoutMs, settings.maxSessionTimeoutMs]).toEqual([200, 2000])
  })

  it('reads server lines with roles and client addresses', () => {
    const { settings } = parsed('dataDir=/d', 'initLimit=10', 'syncLimit=5', ...THREE, 'server.4=[::1]:1:2;[::]:2181')
    expect(settings.ensemble).toEqual({
      version: { epoch: 0, counter: 0 },
      members: [
        { id: 1, role: 'participant', host: 'a', quorumPort: 2888, electionPort: 3888 },
        { id: 2, role: 'participant', host: 'b', quorumPort: 2888, electionPort: 3888 },
        {
          id: 3,
          role: 'observer',
          host: 'c',
          quorumPort: 2888,
          electionPort: 3888,
          clientAddress: { host: '0.0.0.0', port: 2181 },
        },
        {
          id: 4,
          role: 'participant',
          host: '::1',
          quorumPort: 1,
          electionPort: 2,
          clientAddress: { host: '::', port: 2181 },
        },
      ],
      quorums: { kind: 'Majority', voters: [1, 2, 4] },
    })
    expect(settings.standalone).toBe(false)
  })

  it('reads groups and weights; a weight that is not given is 1', () => {
    const lines = ['server.1=a:1:2', 'server.2=b:1:2', 'server.3=c:1:2', 'group.1=1:2', 'group.2=3', 'weight.2=0']
    const { settings } = parsed('dataDir=/d', 'initLimit=1', 'syncLimit=1', ...lines)
    expect(settings.ensemble.quorums).toEqual({
      kind: 'Hierarchical',
      groups: [
        {
          id: 1,
          members: [
            { id: 1, weight: 1 },
            { id: 2, weight: 0 },
          ],
        },
        { id: 2, members: [{ id: 3, weight: 1 }] },
      ],
    })
  })

  it('may be changed at run time, and its access lists may bind nobody, when it says so', () => {
    const lines = ['dataDir=/d', 'initLimit=10', 'syncLimit=5', ...THREE]
    expect(parsed(...lines).settings).toMatchObject({ reconfigEnabled: false, skipAcl: false })
    const { settings, warnings } = parsed(...lines, 'reconfigEnabled=true', 'skipACL=yes')
    expect(settings).toMatchObject({ reconfigEnabled: true, skipAcl: true })
    expect(warnings.map(showWarning)).toEqual(['zoo.cfg:8: skipACL: every client may do everything'])
  })

  it('of a standalone server starts as ZooKeeper does, and says that there is no ensemble to change', () => {
    const lines = ['dataDir=/d', 'reconfigEnabled=true', 'server.1=a:1:2']
    expect(parsed(...lines).warnings.map(showWarning)).toEqual([
      'zoo.cfg:2: reconfigEnabled: no effect on a standalone server; with standaloneEnabled=false it is an ensemble of one',
    ])
    const alone = parsed(...lines, 'standaloneEnabled=false', 'initLimit=1', 'syncLimit=1')
    expect([alone.settings.standalone, alone.warnings]).toEqual([false, []])
  })

  it('warns of unknown keys by name and line, of keys given twice, and of lost durability', () => {
    const { settings, warnings } = parsed('dataDir=/d', 'fooBar=1', 'tickTime=1', 'tickTime=2', 'forceSync=no')
    expect(warnings.map(showWarning)).toEqual([
      'zoo.cfg:2: fooBar: unknown key, ignored',
      'zoo.cfg:3: tickTime: line 4 overrides this one',
      'zoo.cfg:5: forceSync: a power cut may lose acknowledged writes',
    ])
    expect(settings.tickTimeMs).toBe(2)
  })

  it('takes only the word no for no durability, and only yes for no access lists, and says so', () => {
    const { settings, warnings } = parsed('dataDir=/d', 'forceSync=false', 'skipACL=true')
    expect(settings).toMatchObject({ forceSync: true, skipAcl: false })
    expect(warnings.map(showWarning)).toEqual([
      'zoo.cfg:2: forceSync: "false" has no effect, as in ZooKeeper: write forceSync=no if you mean that',
      'zoo.cfg:3: skipACL: "true" has no effect, as in ZooKeeper: write skipACL=yes if you mean that',
    ])
    expect(parsed('dataDir=/d', 'forceSync=true', 'skipACL=false').warnings).toEqual([])
    expect(parsed('dataDir=/d', 'forceSync=sometimes').warnings).toHaveLength(1)
  })

  it.each([
    [['tickTime=2000'], 'zoo.cfg: dataDir: it must be set; add a line such as dataDir=/var/lib/zookeeper'],
    [
      ['dataDir=/d', 'tickTime=2s'],
      'zoo.cfg:2: tickTime: "2s" is not a whole number from 1 to 107374182; write for example tickTime=3000',
    ],
    [
      ['dataDir=/d', 'electionAlg=1'],
      'zoo.cfg:2: electionAlg: "1" is not a whole number from 3 to 3; write for example electionAlg=3',
    ],
    [['dataDir=/d', 'quorumListenOnAllIPs=yes'], '"yes" is not one of true, false'],
    [['dataDir=/d', 'reconfigEnabled=yes'], 'zoo.cfg:2: reconfigEnabled: "yes" is not one of true, false; write'],
    [
      ['dataDir=/d', 'dynamicConfigFile=/z.dynamic.1'],
      'zoo.cfg:2: dynamicConfigFile: the file that it names was not read',
    ],
    [['dataDir=/d', 'clientPort=70000'], '"70000" is not a whole number from 0 to 65535'],
    [['dataDir=/d', 'clientPortAddress=::1'], 'zoo.cfg:2: clientPortAddress: it needs a port'],
    [['dataDir=/d', 'peerType=leader'], '"leader" is not one of participant, observer'],
    [['dataDir=/d', 'minSessionTimeout=9', 'maxSessionTimeout=8'], '9 ms is more than maxSessionTimeout, 8 ms'],
    [['dataDir=/d', 'x=\\u12'], 'a \\u escape needs four hexadecimal digits'],
    [['dataDir=/d', ...THREE.slice(0, 2), 'syncLimit=5'], 'zoo.cfg: initLimit: it must be set'],
    [['dataDir=/d', 'server.1=a:1'], '"a:1" is not a server line'],
    [['dataDir=/d', 'server.1=a:1:1'], 'quorum and election port are both 1'],
    [['dataDir=/d', 'server.1=a:1:2:leader'], '"leader" is no role'],
    [['dataDir=/d', 'server.1=a:1:2;x'], '"x" is no client address'],
    [['dataDir=/d', 'server.x=a:1:2'], '"x" is no server number'],
    [['dataDir=/d', 'server.1=a:1:2', 'server.1=b:1:2'], 'line 2 has this key already'],
    [['dataDir=/d', 'server.1=a:1:2|b:1:2'], 'multiAddress.enabled=true'],
    [['dataDir=/d', 'initLimit=1', 'syncLimit=1', 'server.1=a:1:2:observer'], 'observers only'],
    [['dataDir=/d', 'server.1=a:1:2', 'server.2=a:3:4:observer'], 'add standaloneEnabled=false'],
    [['dataDir=/d', 'server.1=a:1:2', 'server.2=b:1:2', 'group.1=1'], 'server 2 is in no group'],
    [['dataDir=/d', 'server.1=a:1:2', 'group.1=1', 'group.2=1'], 'server 1 is in group 1 already'],
    [['dataDir=/d', 'server.1=a:1:2', 'group.1=1:9'], 'server 9 is no participant'],
    [['dataDir=/d', 'server.1=a:1:2', 'group.1=1', 'weight.1=0'], 'all weights are 0'],
    [['dataDir=/d', 'server.1=a:1:2', 'group.1=1', 'weight.1=-1'], '"-1" is no weight'],
  ])('refuses %j', (lines, message) => {
    expect(errors(...lines).join('\n')).toContain(message)
  })

  it('reports all errors at once, in the order of the file', () => {
    expect(errors('tickTime=x', 'server.1=a', 'dataDir=/d', 'clientPort=x').map((text) => text.split(': ')[0])).toEqual(
      ['zoo.cfg:1', 'zoo.cfg:2', 'zoo.cfg:4'],
    )
  })
})

describe('myid', () => {
  const quorum = ['dataDir=/d', 'initLimit=10', 'syncLimit=5', ...THREE]
  const self = (text: string | undefined, ...lines: readonly string[]) =>
    complete(parsed(...lines).settings, 'zoo.cfg', { path: '/d/myid', text })
  const reason = (result: ReturnType<typeof self>): string =>
    result._tag === 'Left' ? result.left.map(showError).join('\n') : 'fine'

  it('says who we are', () => {
    expect(self('3\n', ...quorum)).toMatchObject({
      _tag: 'Right',
      right: { self: 3, clientAddress: { host: '0.0.0.0', port: 2181 } },
    })
  })

  it('is required in an ensemble, must be a number and must be in the list', () => {
    expect(reason(self(undefined, ...quorum))).toContain('/d/myid: myid: an ensemble needs it')
    expect(reason(self('one', ...quorum))).toContain('"one" is no server number')
    expect(reason(self('7', ...quorum))).toContain('zoo.cfg has no line server.7; write one of 1, 2, 3 to myid')
  })

  it('is not needed by a server that is alone', () => {
    const alone = { members: [{ id: 1 }], quorums: { kind: 'Majority', voters: [1] } }
    expect(self(undefined, 'dataDir=/d')).toMatchObject({ right: { self: 1, standalone: true, ensemble: alone } })
    expect(self('5', 'dataDir=/d')).toMatchObject({ right: { self: 5, ensemble: { members: [{ id: 5 }] } } })
    expect(self(undefined, 'dataDir=/d', 'server.4=a:1:2')).toMatchObject({ right: { self: 4, standalone: true } })
  })

  it('of a server that is alone may be another than that of the only line', () => {
    const { settings } = parsed('dataDir=/d', 'server.1=a:1:2;2181')
    const myId = { path: '/d/myid', text: '7' }
    expect(complete(settings, 'zoo.cfg', myId)).toMatchObject({
      right: { self: 7, ensemble: { members: [{ id: 7 }] } },
    })
    expect(warningsOf(settings, 'zoo.cfg', myId, 7).map(showWarning)).toEqual([
      'zoo.cfg: server.1: no effect: /d/myid says that this is server 7',
    ])
    expect(warningsOf(settings, 'zoo.cfg', myId, 1)).toEqual([])
  })

  it('finds a clientPort that contradicts the server line', () => {
    expect(self('3', ...quorum, 'clientPort=2181')._tag).toBe('Right')
    expect(reason(self('3', ...quorum, 'clientPort=2182'))).toContain('0.0.0.0:2182 here, 0.0.0.0:2181 in the line')
  })
})

// Four-letter words: the texts that scripts and monitoring agents compare, letter by letter.
import { describe, expect, it } from 'vitest'
import { zxid } from '../../../src/core/zxid.js'
import { answer, wordOf } from '../../../src/shell/admin/four-letter-words.js'
import { showDecimal } from '../../../src/shell/admin/monitor.js'
import type { AdminView } from '../../../src/shell/admin/view.js'
import { version } from '../../../src/shell/admin/version.js'

const view: AdminView = {
  standalone: false,
  metrics: {
    mode: 'leader',
    peerState: 'leading - broadcast',
    epoch: 5,
    lastZxid: zxid(5, 29),
    outstandingRequests: 3,
    outstandingProposals: 2,
    pendingSyncs: 1,
    connections: 1,
    nodeCount: 15,
    watchCount: 4,
    ephemeralCount: 6,
    globalSessions: 7,
    digestMismatches: 0,
  },
  statistics: {
    packetsReceived: 54,
    packetsSent: 56,
    latency: { count: 8, minMs: 0, maxMs: 13.2, averageMs: 1.625 },
    startedAtMs: 1000,
  },
  disk: { syncs: 9, averageSyncMs: 0.5, maxSyncMs: 3, lastSnapshotBytes: 4096, failedSnapshots: 0 },
  nowMs: 61_000,
  connections: [
    { remote: '127.0.0.1:48554', paused: false, outstanding: 0, received: 47, sent: 51 },
    { remote: '[::1]:9', paused: true, outstanding: 2, received: 1, sent: 0 },
  ],
  openFileDescriptors: 30,
  maxFileDescriptors: 1024,
  quorumSize: 3,
  learners: 2,
  syncedFollowers: 1,
  syncedObservers: 1,
  configuration: [['clientPort', 2181]],
  membership: 'server.1=h:1:2:participant\nversion=0',
}

const say = (word: string, seen: AdminView = view): string => {
  const known = wordOf(Buffer.from(word).readUInt32BE())
  if (known === undefined) throw new Error(`${word} is not known`)
  return answer(known, 'all', () => seen)
}

const notServing: AdminView = { ...view, metrics: { ...view.metrics, mode: 'not serving' } }

describe('four-letter words', () => {
  it('srvr', () => {
    expect(say('srvr')).toBe(
      `Zookeeper version: ${version}\nLatency min/avg/max: 0/1.625/13\nReceived: 54\nSent: 56\nConnections: 2\n` +
        'Outstanding: 3\nZxid: 0x50000001d\nMode: leader\nNode count: 15\n',
    )
  })

  it('stat and cons list connections', () => {
    const clients = ' /127.0.0.1:48554[1](queued=0,recved=47,sent=51)\n /[::1]:9[0](queued=2,recved=1,sent=0)\n'
    expect(say('stat')).toContain(`${version}\nClients:\n${clients}\nLatency`)
    expect(say('cons')).toBe(`${clients}\n`)
  })

  it('mntr', () => {
    const lines = say('mntr').split('\n')
    for (const line of [
      'zk_server_state\tleader',
      'zk_peer_state\tleading - broadcast',
      'zk_avg_latency\t1.625',
      'zk_znode_count\t15',
      'zk_watch_count\t4',
      'zk_ephemerals_count\t6',
      'zk_global_sessions\t7',
      'zk_uptime\t60000',
      'zk_quorum_size\t3',
      'zk_learners\t2',
      'zk_synced_followers\t1',
      'zk_cnt_fsynctime\t9',
      'zk_zab_epoch\t5',
      'zk_last_zxid\t0x50000001d',
    ]) {
      expect(lines).toContain(line)
    }
  })

  it('mntr of a standalone server has no figures of an ensemble', () => {
    const text = say('mntr', { ...view, standalone: true })
    expect(text).toContain('zk_server_state\tstandalone\n')
    expect(text).not.toMatch(/quorum_size|learners|peer_state/)
  })

  it('show words of others without what would move a cursor or end a line', () => {
    const planted = { ...view, membership: 'server.1=\u001b[2J\u2028\r\u009bh:1:2' }
    expect(say('conf', planted)).toContain('server.1=\\u001b[2J\\u2028\\u000d\\u009bh:1:2')
  })

  it('conf ends with the membership, without a line end', () => {
    expect(say('conf')).toBe('clientPort=2181\nmembership: \nserver.1=h:1:2:participant\nversion=0')
  })

  it('a server that does not serve says so, and still answers ruok', () => {
    for (const word of ['srvr', 'stat', 'mntr', 'conf', 'cons', 'wchs']) {
      expect(say(word, notServing)).toBe('This ZooKeeper instance is not currently serving requests\n')
    }
    expect(say('ruok', notServing)).toBe('imok')
    expect(say('isro', notServing)).toBe('null')
    expect(say('isro')).toBe('rw')
  })

  it('a word that is not in the whitelist is not executed', () => {
    const never = (): AdminView => expect.fail('the view must not be made')
    expect(answer('ruok', ['srvr'], never)).toBe('ruok is not executed because it is not in the whitelist.\n')
  })

  it('other bytes are no word', () => {
    expect(wordOf(45)).toBeUndefined()
    expect(wordOf(0xffffffff)).toBeUndefined()
    expect(wordOf(0x72756f6b)).toBe('ruok')
  })

  it('decimals as Java prints them', () => {
    expect([0, 3, 3.66666, 1.625].map(showDecimal)).toEqual(['0.0', '3.0', '3.6667', '1.625'])
  })
})

/** Discovery at a learner: reaching the leader, promising it an epoch, reporting. DISC-1, DISC-4. */
import { describe, expect, it } from 'vitest'
import { diskOf, followerInfo, following, leaderInfo, promised, Server, vote } from '../server.js'

const decided = (): Server => new Server(1).hears(2, vote(3)).hears(3, vote(3))

describe('DISC-1: reaching the leader', () => {
  it('begins with dialling it, under initLimit', () => {
    const server = decided()
    expect(server.did('Connect')).toBe(true)
    expect(server.set()).toEqual(['phase.limit 20000'])
    expect(server.phase).toBe('Connecting')
  })

  it('says the last epoch promised to anyone', () => {
    expect(following({ disk: diskOf(4, 2) }).said()).toEqual(['3: FOLLOWERINFO participant 4'])
    const observer = new Server(9, { observers: [9] }).hears(2, vote(3)).hears(3, vote(3)).fires('election.finalize')
    expect(observer.connects(3, 'leader').said()).toEqual(['3: FOLLOWERINFO observer 0'])
  })

  it('is tried again a few times: the leader may not know yet that it leads', () => {
    const server = decided()
    for (let attempt = 0; attempt < 20; attempt++) {
      expect(server.loses(3, 'leader').set()).toEqual(['learner.reconnect 100'])
      expect(server.fires('learner.reconnect').effects).toEqual([{ kind: 'Connect', to: 3 }])
      expect(server.clauses).toEqual(['DISC-1'])
    }
    expect(server.loses(3, 'leader').role).toBe('Looking')
  })

  it('is tried again when the connection breaks before LEADERINFO, and not later', () => {
    expect(following().loses(3, 'leader').set()).toEqual(['learner.reconnect 100'])
    expect(promised().loses(3, 'leader').role).toBe('Looking')
  })

  it('ends with initLimit (LIVE-2)', () => {
    for (const server of [decided(), following(), promised()]) expect(server.fires('phase.limit').role).toBe('Looking')
  })

  it('takes no connection but that to its leader', () => {
    expect(decided().connects(2, 'leader').closed()).toEqual(['leader 2'])
    expect(decided().connects(2, 'learner').closed()).toEqual(['learner 2'])
    expect(following().connects(3, 'leader').effects).toEqual([])
  })
})

describe('DISC-4: LEADERINFO', () => {
  it('of a newer epoch is promised durably, then answered with the summary (RECV-2)', () => {
    const server = following({ disk: diskOf(2, 1, '1:1', '1:2') }).receives(3, 'leader', leaderInfo(3))
    expect(server.written()).toEqual(['AcceptedEpoch'])
    expect(server.said()).toEqual([])
    expect(server.peer.acceptedEpoch).toBe(3)
    expect(server.syncs().said()).toEqual(['3: ACKEPOCH 1 1:2'])
    expect(server.phase).toBe('AwaitingSync')
  })

  it('of the epoch promised already is answered with −1: it counts once only (DISC-7)', () => {
    const server = following({ disk: diskOf(3, 1, '1:1') }).receives(3, 'leader', leaderInfo(3))
    // The promise may still be on its way to the disk, so this answer waits for it as well (RECV-2).
    expect([server.written(), server.said()]).toEqual([['AcceptedEpoch'], []])
    expect(server.syncs().said()).toEqual(['3: ACKEPOCH -1 1:1'])
  })

  it('of an older epoch is refused', () => {
    const server = following({ disk: diskOf(3, 1) }).receives(3, 'leader', leaderInfo(2))
    expect(server.role).toBe('Looking')
    expect(server.closed()).toEqual(['leader 3'])
  })

  it('comes once, from the leader only', () => {
    expect(promised().receives(3, 'leader', leaderInfo(9)).role).toBe('Looking')
    expect(following().receives(2, 'leader', leaderInfo(9)).effects).toEqual([])
  })

  it('is answered with −1 as the last zxid by a server whose data are gone (ELEC-10)', () => {
    const server = new Server(1, { disk: { trusted: false } })
      .hears(2, vote(3), 4, 'FOLLOWING')
      .hears(3, vote(3), 4, 'LEADING')
    server.connects(3, 'leader').receives(3, 'leader', leaderInfo(1)).syncs()
    expect(server.said()).toEqual(['3: ACKEPOCH 0 -1:4294967295'])
  })
})

describe('a message that only a learner sends', () => {
  it('ends the allegiance', () => {
    expect(following().receives(3, 'leader', followerInfo(1)).role).toBe('Looking')
  })
})

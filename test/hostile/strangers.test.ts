/** What a server that no configuration lists can order in the name of others: nothing. FWD-5. */
import { describe, expect, it } from 'vitest'
import * as H from '../../src/service/hamt.js'
import { lastZxid } from '../../src/core/history.js'
import * as Z from '../../src/core/zxid.js'
import type { Id } from '../../src/service/acl.js'
import { errorCode } from '../../src/service/error.js'
import type { Request } from '../../src/service/request.js'
import type { Packet } from '../../src/server/packet.js'
import type { Client } from '../server/client.js'
import { Ensemble } from '../server/ensemble.js'
import { closeSession, create, exists, setData } from '../server/requests.js'

const SUPER: readonly Id[] = [{ scheme: 'super', id: '' }]
const STRANGER = 4

const sessionOf = ({ session }: Client): bigint => session?.sessionId ?? 0n

const request = (sessionId: bigint, asked: Request, ids: readonly Id[] = SUPER): Packet => ({
  type: 'REQUEST',
  request: { sessionId, cxid: 7, request: asked, ids },
})

/** The leader hears that of a learner. */
const tell = (ensemble: Ensemble, from: number, packet: Packet): void => {
  ensemble.post(ensemble.leader, { kind: 'Received', from, side: 'learner', packet })
  ensemble.run()
}

const ended = (ensemble: Ensemble): string => Z.show(lastZxid(ensemble.server(ensemble.leader).peer.history))

const sessionsOf = (ensemble: Ensemble): NonNullable<ReturnType<Ensemble['server']>['leadership']>['sessions'] =>
  ensemble.server(ensemble.leader).leadership?.sessions ?? H.empty()

describe('a stranger', () => {
  const setting = (): { readonly ensemble: Ensemble; readonly sessionId: bigint } => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 1 })
    return { ensemble, sessionId: sessionOf(ensemble.connect(1)) }
  }

  it.each([
    ['closes', closeSession],
    ['writes for', create('/forged')],
    ['opens again', { op: 'createSession', timeoutMs: 10_000 } as const],
  ])('%s no session of a member', (_, asked) => {
    const { ensemble, sessionId } = setting()
    const [before, sessions] = [ended(ensemble), sessionsOf(ensemble)]
    tell(ensemble, STRANGER, request(sessionId, asked))
    expect(ended(ensemble)).toBe(before)
    expect(sessionsOf(ensemble)).toBe(sessions)
  })

  it('moves none, and keeps none alive', () => {
    const { ensemble, sessionId } = setting()
    tell(ensemble, STRANGER, { type: 'REVALIDATE', sessionId, timeoutMs: 10_000 })
    expect(H.get(sessionsOf(ensemble), sessionId)?.owner).toBe(1)
    ensemble.nowMs += 5_000
    const sessions = sessionsOf(ensemble)
    const touched = [{ id: sessionId, timeoutMs: 10_000 }]
    tell(ensemble, STRANGER, { type: 'PING', zxid: Z.ZERO, touched })
    expect(sessionsOf(ensemble)).toBe(sessions)
  })

  it('serves clients of its own', () => {
    const { ensemble } = setting()
    expect(ensemble.connect(STRANGER).ask(create('/own'))).toMatchObject({ error: errorCode.OK })
  })
})

describe('a superuser', () => {
  it('is nobody on the word of a learner', () => {
    const ensemble = Ensemble.started({ participants: 3 })
    const [follower = 0] = ensemble.followers
    const client = ensemble.connect(follower)
    const acl = [{ permissions: 1, id: { scheme: 'world', id: 'anyone' } }]
    expect(client.ask({ ...create('/kept'), acl })).toMatchObject({ error: errorCode.OK })
    tell(ensemble, follower, request(sessionOf(client), setData('/kept', 'forged')))
    const body = client.ask(exists('/kept'))?.body
    expect(body?.op === 'exists' ? body.stat?.version : undefined).toBe(0)
  })
})

// Real bytes in the world: what arrives is what was sent, wherever it is cut; and bytes that are not, are a finding.
import { describe, expect, it } from 'vitest'
import { makeClientWire } from '../../../model/world/client-wire.js'
import { makeCodec } from '../../../model/world/codec.js'
import type { WorldOptions } from '../../../model/world/options.js'
import { makeRandom } from '../../../model/world/random.js'
import { explain } from '../../../model/world/report.js'
import { randomCommands, runSchedule } from '../../../model/world/schedule.js'
import { refinement } from '../../../proofs/refinement.js'
import { ZERO, zxid } from '../../../src/core/zxid.js'
import type { Packet } from '../../../src/server/packet.js'
import { encodeTransaction } from '../../../src/wire/transaction.js'
import { entry } from './fixtures.js'

const encoded = (counter: number, mark = 0): ReturnType<typeof entry> => {
  const bare = entry(1, counter, mark)
  return { ...bare, transaction: { ...bare.transaction, bytes: encodeTransaction(bare.zxid, bare.transaction) } }
}

const bench = () => {
  const found: string[] = []
  const report = (clause: string): void => {
    found.push(clause)
  }
  return { found, report, codec: makeCodec(report) }
}

describe('packets', () => {
  const sent: Packet = { type: 'PROPOSAL', entry: encoded(1) }

  it('arrive when their last byte does, as the very transaction that was sent', () => {
    const { codec, found } = bench()
    const bytes = codec.encode(sent, 1)
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const decoder = codec.decoderFor(2, 1, 'leader')
      expect(decoder.feed(bytes.subarray(0, cut))).toEqual([])
      const [packet] = decoder.feed(bytes.subarray(cut))
      expect(packet?.type === 'PROPOSAL' && packet.entry.transaction === sent.entry.transaction).toBe(true)
    }
    expect(found).toEqual([])
  })

  it('are a finding when a byte has changed, or when they are no packets', () => {
    const { codec, found } = bench()
    const bytes = codec.encode(sent, 1)
    const changed = bytes.slice()
    const at = changed.length - 5
    changed[at] = (changed[at] ?? 0) ^ 1
    codec.decoderFor(2, 1, 'leader').feed(changed)
    expect(found).toEqual(['WIRE'])
    codec.decoderFor(2, 1, 'leader').feed(Uint8Array.from({ length: 40 }, () => 0xee))
    expect(found).toEqual(['WIRE', 'WIRE'])
  })

  it('of a learner say who it is', () => {
    const { codec, found } = bench()
    const hello: Packet = {
      type: 'FOLLOWERINFO',
      role: 'participant',
      acceptedEpoch: 3,
      configurationVersion: ZERO,
    }
    expect(codec.decoderFor(2, 1, 'learner').feed(codec.encode(hello, 1))).toEqual([hello])
    codec.decoderFor(2, 3, 'learner').feed(codec.encode(hello, 1))
    expect(found).toEqual(['WIRE'])
  })

  it('of elections are the same at the other end', () => {
    const { codec } = bench()
    const notification = {
      state: 'LOOKING' as const,
      vote: { leader: 2, zxid: zxid(3, 4), peerEpoch: 3 },
      round: 9,
      configurationVersion: zxid(1, 5),
    }
    expect(codec.notified(notification)).toEqual(notification)
  })
})

describe('messages of clients', () => {
  it('go both ways in pieces', () => {
    const found: string[] = []
    const wire = makeClientWire(7, (clause) => found.push(clause))
    const connect = {
      kind: 'ClientConnect',
      connection: 7,
      request: {
        protocolVersion: 0,
        lastZxidSeen: ZERO,
        timeoutMs: 4000,
        sessionId: 0n,
        password: new Uint8Array(16),
        readOnly: false,
      },
    } as const
    const ask = {
      kind: 'ClientRequested',
      connection: 7,
      request: { xid: 1, request: { op: 'exists', path: '/a', watch: true } },
      bytes: 15,
    } as const
    const heard = [connect, ask].flatMap((event) => {
      const bytes = wire.fromClient(event)
      return [...wire.atServer(bytes.subarray(0, 5)), ...wire.atServer(bytes.subarray(5))]
    })
    expect(heard).toEqual([connect, ask])
    expect(found).toEqual([])
  })
})

describe('whole ensembles', () => {
  it.each([
    [3, 1],
    [5, 0],
  ])('hold with real bytes: %i voters, %i observers', (voters, observers) => {
    const random = makeRandom(voters)
    for (let count = 0; count < 12; count += 1) {
      const options: WorldOptions = {
        seed: random.below(0x7fffffff),
        voters,
        observers,
        clients: 3,
        codecs: true,
        observe: refinement(),
      }
      const run = runSchedule(options, randomCommands(random, options, 60))
      if (run.violation !== undefined) expect.fail(explain(run))
    }
  })
})

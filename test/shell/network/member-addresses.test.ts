/** Who is dialled where: the configuration that counts most is asked first, and each call asks anew. */
import { describe, expect, it } from 'vitest'
import type { Configuration, ServerId } from '../../../src/core/configuration.js'
import { ZERO } from '../../../src/core/zxid.js'
import { inTurn, memberAddresses } from '../../../src/shell/network/member-addresses.js'

const listing = (host: string, ...ids: readonly ServerId[]): Configuration => ({
  version: ZERO,
  members: ids.map((id) => ({ id, role: 'participant', host, quorumPort: 20 + id, electionPort: 30 + id })),
  quorums: { kind: 'Majority', voters: ids },
})

describe('the address of a member', () => {
  it('is that of the first configuration that lists it, whatever they are by then', () => {
    let configurations = [listing('committed', 1, 2), listing('seen', 2, 3), listing('file', 3, 4)]
    const addressOf = memberAddresses(() => configurations)
    const hosts = (): readonly unknown[] => [1, 2, 3, 4, 5].map((id) => addressOf('quorumPort')(id)[0]?.host)
    expect(hosts()).toEqual(['committed', 'committed', 'seen', 'file', undefined])
    configurations = [listing('committed', 2, 5)]
    expect(hosts()).toEqual([undefined, 'committed', undefined, undefined, 'committed'])
  })

  it('has the port that was asked for', () => {
    const addressOf = memberAddresses(() => [listing('h', 1)])
    expect([addressOf('quorumPort')(1)[0]?.port, addressOf('electionPort')(1)[0]?.port]).toEqual([21, 31])
  })

  it('of a server that has several are dialled in turn', () => {
    const listed = listing('h', 1)
    const members = listed.members.map((each) => ({
      ...each,
      otherAddresses: [{ host: 'other', quorumPort: 22, electionPort: 32 }],
    }))
    const dialled = inTurn(memberAddresses(() => [{ ...listed, members }])('quorumPort'))
    expect([dialled(1), dialled(1), dialled(1)].map((each) => each?.host)).toEqual(['h', 'other', 'h'])
    expect(dialled(9)).toBeUndefined()
  })
})

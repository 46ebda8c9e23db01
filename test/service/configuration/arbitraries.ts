/** Arbitrary configurations: members with every kind of host and address, majorities and weighted groups. */
import fc from 'fast-check'
import type { Configuration, Member } from '../../../src/core/configuration.js'
import type { QuorumSystem } from '../../../src/core/quorum.js'
import { ZERO, zxid } from '../../../src/core/zxid.js'
import { type Address, showAddress } from '../../../src/service/configuration/host.js'

const port = fc.integer({ min: 1, max: 65_535 })
const host = fc.constantFrom('127.0.0.1', 'zk-1.example.com', '::1', 'fe80::1%eth0', 'host')
export const address = fc.record({ host, port })

const after = (quorumPort: number): number => (quorumPort % 65_535) + 1

const distinct = (addresses: readonly Address[]): readonly Address[] => [
  ...new Map(addresses.map((one) => [showAddress(one), one])).values(),
]

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
              others: fc.array(fc.record({ host: fc.constantFrom('other-1', '10.0.0.1', '2001:db8::2'), port }), {
                maxLength: 2,
              }),
              clientAddress: fc.option(address, { nil: undefined }),
            })
            .map(({ clientAddress, others, ...rest }): Member => {
              const one: Member = { id, ...rest, electionPort: after(rest.quorumPort) }
              const otherAddresses = distinct(others).map(({ host, port }) => ({
                host,
                quorumPort: port,
                electionPort: after(port),
              }))
              const member: Member = otherAddresses.length === 0 ? one : { ...one, otherAddresses }
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

/** Of a static file: version 0. */
export const ensemble: fc.Arbitrary<Configuration> = fc
  .tuple(members, fc.option(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 7 }), { nil: undefined }))
  .map(([list, weights]) => ({ version: ZERO, members: list, quorums: quorumsOf(list, weights) }))

/** One that was agreed on, or is proposed. */
export const configuration: fc.Arbitrary<Configuration> = fc
  .tuple(ensemble, fc.integer({ min: 0, max: 0x7fffffff }), fc.nat())
  .map(([value, epoch, counter]) => ({ ...value, version: zxid(epoch, counter) }))

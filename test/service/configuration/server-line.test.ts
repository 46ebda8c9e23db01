/** Members as lines: every form comes back, and what is no member says why. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMemberLine, parseServerLine, renderServerLine } from '../../../src/service/configuration/server-line.js'
import { ensemble } from './arbitraries.js'

describe('a server line', () => {
  it('comes back, with its number and without', () => {
    fc.assert(
      fc.property(ensemble, ({ members }) => {
        for (const member of members) {
          expect(parseServerLine(member.id, renderServerLine(member))).toEqual({ _tag: 'Right', right: member })
          const line = ` server.${member.id} = ${renderServerLine(member)} `
          expect(parseMemberLine(line)).toEqual({ _tag: 'Right', right: member })
        }
      }),
    )
  })

  it('has a participant when it names no role, and any address when it names a client port only', () => {
    expect(parseMemberLine('server.4=h:1:2;2181')).toMatchObject({
      right: { id: 4, role: 'participant', host: 'h', clientAddress: { host: '0.0.0.0', port: 2181 } },
    })
  })

  it.each([
    ['server=h:1:2', 'names no server'],
    ['server.x=h:1:2', 'names no server'],
    ['server.99999999999999999=h:1:2', 'names no server'],
    ['group.1=1', 'names no server'],
    ['server.1', 'names no server'],
    ['server.1=h:1', 'is not a server line'],
    ['server.1=h:1:2;3;4', 'is not a server line'],
    ['server.1=h:1:2||i:1:2', 'is not a server line'],
    [`server.1=${'h:1:2|'.repeat(17)}`, 'more than 16 addresses'],
    ['server.1=h:1:1', 'both 1'],
    ['server.1=h:1:2:leader', 'is no role'],
    ['server.1=h:1:2;0', 'is no client address'],
    ['server.1=h:1:70000', 'between 1 and 65535'],
  ])('%s is refused', (line, reason) => {
    expect(parseMemberLine(line)).toMatchObject({ left: { reason: expect.stringContaining(reason) } })
  })
})

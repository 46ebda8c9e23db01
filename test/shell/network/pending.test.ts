// Silent connections: the oldest makes room, within its address first, and no other is harmed.
import { describe, expect, it } from 'vitest'
import { makePending } from '../../../src/shell/network/pending.js'
import { limits } from '../../../src/shell/server/limits.js'

const open = () => {
  const evicted: number[] = []
  return { evicted, pending: makePending<number>((connection) => void evicted.push(connection)) }
}

describe('pending connections', () => {
  it('of one address make room for each other, the oldest first', () => {
    const { evicted, pending } = open()
    pending.add(-1, 'other')
    for (let number = 0; number < limits.pendingPerAddress + 2; number++) pending.add(number, 'one')
    expect(evicted).toEqual([0, 1])
    expect(pending.all()).toContain(-1)
  })

  it('of all addresses make room for each other', () => {
    const { evicted, pending } = open()
    for (let number = 0; number < limits.pendingConnections + 1; number++) pending.add(number, String(number))
    expect(evicted).toEqual([0])
    expect(pending.all()).toHaveLength(limits.pendingConnections)
  })

  it('that have spoken take no room', () => {
    const { evicted, pending } = open()
    for (let number = 0; number < 2 * limits.pendingConnections; number++) {
      pending.add(number, 'one')
      expect([pending.delete(number), pending.delete(number)]).toEqual([true, false])
    }
    expect(evicted).toEqual([])
  })
})

/** Addresses that strangers tell: the newest of each, few of all, none where none are wanted. */
import { describe, expect, it } from 'vitest'
import { makeToldAddresses } from '../../../src/shell/network/told-addresses.js'

const at = (port: number): { readonly host: string; readonly port: number } => ({ host: 'h', port })

describe('told addresses', () => {
  it('are kept, the newest of each server, until they are forgotten', () => {
    const told = makeToldAddresses(2)
    told.tell(7, at(1))
    told.tell(7, at(2))
    expect([told.of(7), told.of(8)]).toEqual([at(2), undefined])
    told.forget(7)
    expect(told.of(7)).toBeUndefined()
  })

  it('are few: the one that was told longest ago makes room', () => {
    const told = makeToldAddresses(2)
    told.tell(7, at(1))
    told.tell(8, at(2))
    told.tell(7, at(3))
    told.tell(9, at(4))
    expect([7, 8, 9].map(told.of)).toEqual([at(3), undefined, at(4)])
  })

  it('are none with a limit of 0', () => {
    const told = makeToldAddresses(0)
    told.tell(7, at(1))
    expect(told.of(7)).toBeUndefined()
  })
})

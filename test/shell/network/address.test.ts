// Addresses of election handshakes come from the network: what cannot be dialled must not be dialled.
import { expect, it } from 'vitest'
import { isWildcard, parseAddress, showAddress } from '../../../src/shell/network/address.js'

it.each([
  ['127.0.0.1:3888', { host: '127.0.0.1', port: 3888 }],
  ['zoo-1.example.org:3888', { host: 'zoo-1.example.org', port: 3888 }],
  ['[::1]:3888', { host: '::1', port: 3888 }],
])('%s is an address, and is written so', (text, address) => {
  expect(parseAddress(text)).toEqual(address)
  expect(showAddress(address)).toBe(text)
})

it.each(['', 'host', 'host:', ':3888', 'host:0', 'host:65536', 'host:-1', '::1:3888', 'a b:1', 'host/x:1', 'h:1\n'])(
  '%j is none',
  (text) => {
    expect(parseAddress(text)).toBeUndefined()
  },
)

it('knows addresses that say nothing of where a server is', () => {
  expect(isWildcard({ host: '0.0.0.0', port: 1 })).toBe(true)
  expect(isWildcard({ host: '::', port: 1 })).toBe(true)
  expect(isWildcard({ host: '10.0.0.1', port: 1 })).toBe(false)
})

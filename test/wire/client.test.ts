// The client port: every value comes back from its bytes, and the bytes are ZooKeeper's.
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { UNTRUSTED, ZERO, zxid } from '../../src/core/zxid.js'
import type { ReconfigRequest } from '../../src/service/request.js'
import type { Reply } from '../../src/service/response.js'
import { ZERO_STAT } from '../../src/service/stat.js'
import {
  decodeClientRequest,
  decodeConnectRequest,
  decodeConnectResponse,
  decodeReply,
  encodeClientMessage,
  encodeClientRequest,
  encodeConnectRequest,
} from '../../src/wire/client.js'
import {
  anyZxid,
  connectRequest,
  connectResponse,
  failure,
  int,
  replyXid,
  responseBody,
  servedRequest,
  watchNotification,
} from './arbitraries.js'
import { encoded, fromHex, toHex, unframed, value } from './support.js'

describe('values come back', () => {
  test('ConnectRequest', () =>
    fc.assert(
      fc.property(connectRequest, (request) => {
        const bytes = unframed(encoded((writer) => encodeConnectRequest(writer, request)))
        expect(value(decodeConnectRequest(bytes))).toEqual(request)
      }),
    ))

  test('ConnectResponse', () =>
    fc.assert(
      fc.property(connectResponse, (response) => {
        const bytes = unframed(encoded((writer) => encodeClientMessage(writer, response)))
        expect(value(decodeConnectResponse(bytes))).toEqual(response)
      }),
    ))

  test('requests', () =>
    fc.assert(
      fc.property(int, servedRequest, (xid, request) => {
        const bytes = unframed(encoded((writer) => encodeClientRequest(writer, { xid, request })))
        expect(value(decodeClientRequest(bytes))).toEqual({ xid, request })
      }),
      { numRuns: 300 },
    ))

  test('replies with a body', () =>
    fc.assert(
      fc.property(replyXid, anyZxid, responseBody, (xid, zxid, body) => {
        const reply: Reply = { kind: 'Reply', xid, zxid, error: 0, body }
        const bytes = unframed(encoded((writer) => encodeClientMessage(writer, reply)))
        expect(value(decodeReply(bytes, body.op))).toEqual(reply)
      }),
      { numRuns: 300 },
    ))

  test('replies with an error have no body', () =>
    fc.assert(
      fc.property(replyXid, anyZxid, failure, responseBody, (xid, zxid, error, body) => {
        const bytes = unframed(
          encoded((writer) => encodeClientMessage(writer, { kind: 'Reply', xid, zxid, error, body })),
        )
        expect(bytes.length).toBe(16)
        expect(value(decodeReply(bytes, body.op))).toEqual({ kind: 'Reply', xid, zxid, error, body: undefined })
      }),
    ))

  test('watch notifications', () =>
    fc.assert(
      fc.property(watchNotification, (event) => {
        const bytes = unframed(encoded((writer) => encodeClientMessage(writer, event)))
        expect(value(decodeReply(bytes, 'getData'))).toEqual(event)
      }),
    ))
})

describe('known bytes', () => {
  const hexOf = (message: Parameters<typeof encodeClientMessage>[1]): string =>
    toHex(unframed(encoded((writer) => encodeClientMessage(writer, message))))

  test('ConnectResponse, with and without the trailing byte, and refused', () => {
    const password = fromHex('43db523f14bf9e6f591fb44c7d978926')
    const sessionId = 0x010000106d0f0000n
    const common = '00000000 00002710 010000106d0f0000 00000010 43db523f14bf9e6f591fb44c7d978926'.replaceAll(' ', '')
    const response = { kind: 'ConnectResponse' as const, timeoutMs: 10_000, sessionId, password }
    expect(hexOf({ ...response, readOnly: false })).toBe(`${common}00`)
    expect(hexOf({ ...response, readOnly: undefined })).toBe(common)
    expect(
      hexOf({ kind: 'ConnectResponse', timeoutMs: 0, sessionId: 0n, password: new Uint8Array(16), readOnly: false }),
    ).toBe(`${'00'.repeat(16)}00000010${'00'.repeat(17)}`)
  })

  test('ReconfigRequest: null strings are not empty ones; its answer is a GetDataResponse', () => {
    const bytes = (request: ReconfigRequest): string =>
      toHex(unframed(encoded((writer) => encodeClientRequest(writer, { xid: 7, request }))))
    const request: ReconfigRequest = {
      op: 'reconfig',
      joining: null,
      leaving: '3,4',
      newMembers: null,
      fromConfig: UNTRUSTED,
    }
    expect(bytes(request)).toBe(
      '00000007 00000010 ffffffff 00000003 332c34 ffffffff ffffffffffffffff'.replaceAll(' ', ''),
    )
    expect(bytes({ ...request, joining: '', leaving: null, newMembers: 'a', fromConfig: zxid(1, 9) })).toBe(
      '00000007 00000010 00000000 ffffffff 00000001 61 0000000100000009'.replaceAll(' ', ''),
    )
    const reply = (op: 'getData' | 'reconfig'): string =>
      hexOf({
        kind: 'Reply',
        xid: 7,
        zxid: zxid(1, 9),
        error: 0,
        body: { op, data: fromHex('76'), stat: { ...ZERO_STAT, version: -1, dataLength: 1, childCount: 0 } },
      })
    expect(reply('reconfig')).toBe(reply('getData'))
    expect(reply('reconfig').slice(32, 42)).toBe('0000000176')
  })

  test('NodeDataChanged /a', () => {
    expect(hexOf({ kind: 'WatchNotification', type: 'NodeDataChanged', path: '/a', zxid: UNTRUSTED })).toBe(
      'ffffffff ffffffffffffffff 00000000 00000003 00000003 00000002 2f61'.replaceAll(' ', ''),
    )
  })

  test('the reply of a sequential create', () => {
    const body = { op: 'create' as const, path: '/a/s-0000000000' }
    expect(hexOf({ kind: 'Reply', xid: 1, zxid: ZERO, error: 0, body }).slice(32)).toBe(
      '0000000f2f612f732d30303030303030303030',
    )
  })

  test('the results of a failed multi', () => {
    const results = ([0, -103, -2] as const).map((error) => ({ op: 'error' as const, error }))
    expect(hexOf({ kind: 'Reply', xid: 1, zxid: ZERO, error: 0, body: { op: 'multi', results } }).slice(32)).toBe(
      'ffffffff0000000000 00000000 ffffffff00ffffff99 ffffff99 ffffffff00fffffffe fffffffe ffffffff01ffffffff'.replaceAll(
        ' ',
        '',
      ),
    )
  })
})

describe('what a server cannot read', () => {
  const requestOf = (digits: string): unknown => value(decodeClientRequest(fromHex(digits))).request

  test('no header: an error; the rest has an answer', () => {
    expect(isLeft(decodeClientRequest(fromHex('00000001 000000')))).toBe(true)
    expect(requestOf('00000001 00000004')).toEqual({ op: 'malformed', opcode: 4 })
  })

  test.each([
    ['10, which nobody uses', '0000000a', 10],
    ['check outside a multi', '0000000d 00000002 2f61 00000000', 13],
    ['createSession, which only servers send', 'fffffff6 00001770', -10],
    ['setACL, not served', '00000007 00000000', 7],
    ['notification', '00000000', 0],
  ])('unimplemented: %s', (_name, digits, opcode) => {
    expect(requestOf(`00000001 ${digits}`)).toEqual({ op: 'unimplemented', opcode })
  })

  test.each([
    ['null path', '00000004 ffffffff 00', 4],
    ['delete of a null path', '00000002 ffffffff 00000000', 2],
    ['multi that sets the data of a null path', '0000000e 00000005 00 ffffffff ffffffff ffffffff 00000000', 14],
    ['setWatches without a list', '00000065 0000000000000000 00000000 ffffffff 00000000', 101],
    ['setWatches with a null path', '00000065 0000000000000000 00000001 ffffffff 00000000 00000000', 101],
    ['negative length', '00000004 fffffffe 00', 4],
    ['length beyond the frame', '00000004 7fffffff 00', 4],
    ['multi without an end', '0000000e', 14],
    ['reconfig without a version', '00000010 ffffffff ffffffff ffffffff 00000000', 16],
    [
      'reconfig in a multi',
      '0000000e 00000010 00 ffffffff ffffffff ffffffff ffffffff 0000000000000000 ffffffff 01 ffffffff',
      14,
    ],
    ['multi with getData', '0000000e 00000004 00 ffffffff 00000002 2f61 00 ffffffff 01 ffffffff', 14],
    ['multi in a multi', '0000000e 0000000e 00 ffffffff ffffffff 01 ffffffff ffffffff 01 ffffffff', 14],
  ])('malformed: %s', (_name, digits, opcode) => {
    expect(requestOf(`00000001 ${digits}`)).toEqual({ op: 'malformed', opcode })
  })

  test('a null path is one that is not valid when data is set, and is given back by a sync', () => {
    expect(requestOf('00000001 00000005 ffffffff ffffffff 00000007')).toEqual({
      op: 'setData',
      path: '',
      data: null,
      version: 7,
    })
    expect(requestOf('00000001 00000009 ffffffff')).toEqual({ op: 'sync', path: null })
  })

  test('a null scheme of an auth is one that nobody serves', () => {
    expect(requestOf('00000001 00000064 00000000 ffffffff ffffffff')).toEqual({
      op: 'auth',
      scheme: '',
      auth: new Uint8Array(0),
    })
  })

  test('null ids in an ACL are for the service to refuse', () => {
    expect(requestOf('00000001 00000001 00000002 2f61 ffffffff 00000001 0000001f ffffffff ffffffff 00000000')).toEqual({
      op: 'create',
      path: '/a',
      data: null,
      acl: [{ permissions: 31, id: { scheme: '', id: '' } }],
      flags: 0,
    })
  })

  test('an empty multi is legal', () => {
    expect(requestOf('00000001 0000000e ffffffff 01 ffffffff')).toEqual({ op: 'multi', operations: [] })
  })
})

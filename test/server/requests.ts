/** Requests that the tests of this folder send. */
import type { Request } from '../../src/service/request.js'

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const open = [{ permissions: 31, id: { scheme: 'world', id: 'anyone' } }]

export const create = (path: string, text = ''): Request & { readonly op: 'create' } => ({
  op: 'create',
  path,
  data: bytes(text),
  acl: open,
  flags: 0,
})

export const createEphemeral = (path: string): Request & { readonly op: 'create' } => ({ ...create(path), flags: 1 })

export const setData = (path: string, text: string, version = -1): Request & { readonly op: 'setData' } => ({
  op: 'setData',
  path,
  data: bytes(text),
  version,
})

export const remove = (path: string): Request & { readonly op: 'delete' } => ({ op: 'delete', path, version: -1 })

export const getData = (path: string, watch = false): Request => ({ op: 'getData', path, watch })

export const exists = (path: string, watch = false): Request => ({ op: 'exists', path, watch })

export const sync: Request = { op: 'sync', path: '/' }

export const ping: Request = { op: 'ping' }

export const closeSession: Request = { op: 'closeSession' }

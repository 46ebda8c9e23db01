/** Replies of a server in the terms of the sequential model: names of errors, stats without times. */
import { errorCode } from '../../src/service/error.js'
import type { ErrorCode, ErrorName } from '../../src/service/error.js'
import type { MultiResult, Reply, ResponseBody } from '../../src/service/response.js'
import type { Stat } from '../../src/service/stat.js'
import type { NodeStat, Result } from '../service.js'

const names = new Map<ErrorCode, ErrorName>(
  (Object.keys(errorCode) as ErrorName[]).map((name) => [errorCode[name], name]), // keys of a constant record are its names
)

const nameOf = (code: ErrorCode): ErrorName => names.get(code) ?? 'SYSTEMERROR'

const statOf = (stat: Stat): NodeStat => ({
  version: stat.version,
  cversion: stat.cversion,
  czxid: stat.czxid,
  mzxid: stat.mzxid,
  pzxid: stat.pzxid,
  ephemeralOwner: stat.ephemeralOwner,
  dataLength: stat.dataLength,
  childCount: stat.childCount,
})

/** A reply in the terms of the sequential model. */
export const resultOf = (reply: Reply): Result =>
  reply.error === errorCode.OK ? bodyOf(reply.body) : { error: nameOf(reply.error) }

const bodyOf = (body: ResponseBody | undefined): Result => {
  switch (body?.op) {
    case undefined:
    case 'sync':
      return { error: 'OK' }
    case 'create':
      return { error: 'OK', path: body.path }
    case 'create2':
      return { error: 'OK', path: body.path, stat: statOf(body.stat) }
    case 'setData':
    case 'exists':
      return { error: 'OK', stat: statOf(body.stat) }
    case 'getData':
    case 'reconfig':
      return { error: 'OK', data: body.data, stat: statOf(body.stat) }
    case 'getChildren':
      return { error: 'OK', children: [...body.children].sort() }
    case 'getChildren2':
      return { error: 'OK', children: [...body.children].sort(), stat: statOf(body.stat) }
    case 'multi':
      return { error: 'OK', results: body.results.map(partOf) }
  }
}

const partOf = (part: MultiResult): Result => {
  switch (part.op) {
    case 'create':
      return { error: 'OK', path: part.path }
    case 'create2':
      return { error: 'OK', path: part.path, stat: statOf(part.stat) }
    case 'delete':
    case 'check':
      return { error: 'OK' }
    case 'setData':
      return { error: 'OK', stat: statOf(part.stat) }
    case 'error':
      return { error: nameOf(part.error) }
  }
}

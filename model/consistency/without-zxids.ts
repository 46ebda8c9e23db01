/** Results as they look where zxids are not known. */
import * as Z from '../../src/core/zxid.js'
import type { Result } from '../service.js'

export const withoutZxids = (result: Result): Result => ({
  ...result,
  ...(result.stat === undefined ? {} : { stat: { ...result.stat, czxid: Z.ZERO, mzxid: Z.ZERO, pzxid: Z.ZERO } }),
  ...(result.results === undefined ? {} : { results: result.results.map(withoutZxids) }),
})

/** What fuzzing has found and what has been mended since, by its token: it must hold now. */
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../../../src/cli/fuzz/shrink-failure.js'
import { subjectOf } from '../../../src/cli/fuzz/subject.js'
import { unpackToken } from '../../../src/cli/fuzz/token.js'

const tokens = [
  [
    'a step that takes the lead and gives it up again: the judge did not know for whom it had written',
    'zab1.vZLBTsMwEET_Zc6WsJOSir3CP3BAHIyzVa06dvC66aHKv6NSUaVITUsPHK23szuz6z2EuQUZ3dSPzdLUjcKQCmcB1QrpQzgP3y-j4ILnWI7Epa7zpXD76mObdqBKQaLtn9M2FtBCH0padgJa2SB8VNjYCuhtj42PLQi2HWx0DIVODqLF06hOMPPnlqXgZzBIK1hXfIqgPVIPgstsy0Hf27IG4cFCYbBhyyA9TpqdTzJa64uw0c3yVqXLVtZQOK4JVE2YhLR78bKZYKOwsq6kfLVRrRCSCAgxRcZMpTlV2hBwtj8pNpdp01lqLoau77Q67-DX8SekzX5VziP2nDsfAoOqudtdcXqnt_r_T2VmaXXr__xLSqP1-D5-AQ',
  ],
  [
    'a read behind a sync and before a write of the same session, on an observer',
    'zab1.nZHNTsNADITfZc4rkaT0h73SN-DAAXFwdx26arIbYicVivLuKImAwK0cLY_nm5EHCLOH3TwUh32e77KtQZ-UW4HdGKSTcNvPU27gqsBRl41LdR1U2T-H6NMVtjCQSM1j6qLCbieFZyewJVXCywFFL7AvAy4heliQ7yk6hkE9EbLRfK9cS3KGwcKfkVyW7BS2WMlafu9YFF_h5hzkNKQIOyA1sxWTTpCG9AyLO4JBT1XHsNm4MpMqXY9BLitsYVCS09RO8bIbwfIRHcYbj95Yj6T0K-74r8ZPkzJqoGpldvrpfr_L18Z_nrE_ZOPr-Ak',
  ],
] as const

describe('fuzzing has found', () => {
  it.each(tokens)('%s', (_what, token) => {
    const scenario = unpackToken(token)
    const planted = subjectOf(undefined)
    if (isLeft(scenario)) expect.fail(scenario.left)
    if (isLeft(planted)) expect.fail(planted.left)
    expect(failureOf(planted.right.subject, scenario.right, '.').account.violation).toBeUndefined()
  })
})

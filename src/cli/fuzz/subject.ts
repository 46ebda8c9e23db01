/** Who is fuzzed, and all the judges that there are. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { CountingJudge } from '../../../model/fuzz/campaign.js'
import type { Subject } from '../../../model/fuzz/execute.js'
import type { Schedule } from '../../../model/fuzz/generate.js'
import type { PlainOptions } from '../../../model/world/options.js'
import type { Transaction } from '../../../src/service/transaction.js'
import type { Bug } from '../../../proofs/museum/bug.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import { judgeElections, judgeVotes } from '../../../proofs/museum/election.js'
import { schedules } from '../../../proofs/museum/schedules.js'
import { together } from '../../../proofs/museum/together.js'
import { marks, refinement } from '../../../proofs/refinement.js'

export interface Planted {
  readonly subject: Subject
  /** What a planted bug needs to show. */
  readonly fixed: Partial<PlainOptions>
  readonly schedule: Schedule | undefined
}

/** The shipped server, or one with a bug of the museum. */
export const subjectOf = (id: string | undefined): Either<string, Planted> => {
  const bug = id === undefined ? undefined : findBug(id)
  if (id !== undefined && bug === undefined)
    return left(`the museum has no bug "${id}"; it has ${Object.keys(catalogue).join(', ')}`)
  const { rules, program, options, schedule } = bug?.variation ?? {}
  return right({
    subject: {
      ...(rules === undefined ? {} : { rules }),
      ...(program === undefined ? {} : { program }),
      observe: together<Transaction>([judgeElections, judgeVotes, refinement()]),
    },
    fixed: options ?? {},
    schedule: schedule === undefined ? undefined : schedules[schedule],
  })
}

const findBug = (id: string): Bug | undefined => Object.entries<Bug>(catalogue).find(([known]) => known === id)?.[1]

/** The same judges once more; what refinement finds remarkable is counted. */
export const countingJudge: CountingJudge = {
  names: [marks.withdrawn, marks.foreignCut],
  observe: (count) => {
    const isMark = (what: string): boolean => countingJudge.names.includes(what)
    return together<Transaction>([
      judgeElections,
      judgeVotes,
      refinement({ count: (what) => isMark(what) && count(what) }),
    ])
  },
}

/** What the checks demand that catch the bugs, in a sentence each; clauses speak for themselves. */
import { STEP_JUDGE } from './counterexample.js'

const demands: Readonly<Record<string, string>> = {
  H1: 'The zxids of a history increase.',
  H2: 'A zxid stands for one transaction wherever it is seen.',
  H3: 'Within an epoch a history has no hole.',
  H4: 'Histories that share a zxid agree on everything before it.',
  E1: 'currentEpoch is never above acceptedEpoch.',
  E2: 'Epochs on disk never go back.',
  Q1: 'Who leads has been adopted durably by a quorum.',
  Q2: 'What is committed is in the durable history of a quorum.',
  INTEGRITY: 'What is delivered was proposed.',
  'TOTAL-ORDER': 'All servers deliver the same transactions in the same order.',
  LEADERSHIP: 'An epoch has one leader.',
  'COMMITTED-DURABLE': 'What was committed stays durable at a quorum.',
  'WRITE-LINEARIZABLE': 'Writes take effect in the order of their zxids, between question and answer.',
  LIVELOCK: 'Servers do not go on for ever without time passing.',
  LIVENESS: 'Some time after the last fault a write commits.',
}

/** The demand of a check: of the world by its name, of a clause by its title. */
export const demandOf = (check: string, clauseTitle: (id: string) => string | undefined): string =>
  check.startsWith(STEP_JUDGE)
    ? 'Every step is a step of the abstract system that was proved (spec/zab.ts).'
    : (demands[check] ?? clauseTitle(check) ?? 'no check of that name')

/**
 * The rules of electorate.ts, asked of the abstract state of a run: whose quorums are needed now, and who may go by which
 * configuration. It is told of reconfigurations when they are proposed, and reads all else off the structure.
 */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { Peer } from '../../src/core/peer.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { RelationSymbol } from '../../spec/logic/formula.js'
import { holds, sizeOf } from '../../spec/logic/structure.js'
import * as Symbols from '../../spec/symbols.js'
import type { Reconfigurations } from './electorate.js'
import { describe, electorate, mayActivate, mayPropose, upTo } from './electorate.js'
import { reconfigurationMarks } from './marks.js'
import type { Asked } from './quorums.js'
import type { Reader } from './reader.js'
import type { Stage } from './stage.js'
import type { Universe } from './universe.js'

export interface Electorates {
  // Of whom a quorum is needed for that action now. Epochs and `node` are elements.
  readonly toStart: (leader: ServerId, node: number, epoch: number) => Asked
  readonly toEstablish: (epoch: number) => Asked
  readonly toCommit: (zxid: Zxid) => Asked
  /** A reconfiguration has been proposed. */
  readonly proposed: (server: ServerId, zxid: Zxid, configuration: Configuration) => void
  /** After a step: another configuration may be the committed one of the server. */
  readonly activated: (before: Peer<unknown>, after: Peer<unknown>) => void
}

export const makeElectorates = (
  initial: Configuration,
  { structure, quorumsOf, transactionOf }: Universe,
  { object }: Pick<Stage, 'object'>,
  { epochOf }: Pick<Reader, 'epochOf'>,
  count: (what: string) => void = () => undefined,
): Electorates => {
  /** In the order of their zxids, which is that of every history. */
  let known: readonly Configuration[] = []

  const holdsOf =
    (symbol: RelationSymbol, ...first: readonly number[]) =>
    ({ version }: Configuration): boolean => {
      const id = transactionOf(version)
      return id !== undefined && holds(structure, symbol, [...first, id])
    }
  const isCommitted = holdsOf(Symbols.committed.symbol)

  /** Those of one history. */
  const among = (isIn: (configuration: Configuration) => boolean): Reconfigurations =>
    known.filter(isIn).map((configuration) => ({ configuration, isCommitted: isCommitted(configuration) }))

  const inHistory = (epoch: number): Reconfigurations => among(holdsOf(Symbols.history.symbol, epoch))

  const ask = (reconfigurations: Reconfigurations, clauses: readonly string[], including?: ServerId): Asked => {
    const configurations = electorate(initial, reconfigurations)
    const systems = configurations.map(({ quorums }) => quorums)
    return { quorums: quorumsOf(systems, including), of: describe(configurations), clauses }
  }

  /** A quorum has agreed to that epoch, or to a later one whose leader has taken over what was offered before. */
  const isAgreed = (epoch: Epoch): boolean =>
    Array.from({ length: sizeOf(structure, 'epoch') }, (_, id) => id)
      .slice(epoch)
      .some((id) => holds(structure, Symbols.established.symbol, [id]))

  return {
    // The leader brings the history, whether or not it keeps its vote.
    toStart: (leader, node, epoch) => {
      const reported = among(holdsOf(Symbols.reported.symbol, node, epoch))
      if (reported.at(-1)?.isCommitted === false) count(reconfigurationMarks.unfinished)
      return ask(reported, ['RECFG-6', 'RECFG-3'], leader)
    },
    // Before it is established nothing is proposed, so this is the initial history.
    toEstablish: (epoch) => ask(inHistory(epoch), ['RECFG-6']),
    toCommit: (zxid) => {
      const before = upTo(inHistory(epochOf(zxid.epoch)), zxid)
      if (before.at(-1)?.isCommitted === false) count(reconfigurationMarks.joint)
      return ask(before, ['RECFG-3'])
    },
    proposed: (server, zxid, configuration) => {
      const proposed = { ...configuration, version: zxid }
      const before = inHistory(epochOf(zxid.epoch)).filter((other) => Z.isBefore(other.configuration.version, zxid))
      if (!mayPropose(before))
        object(
          'RECFG-1',
          `server ${server} proposes the reconfiguration ${Z.show(zxid)} while ${Z.show(before.at(-1)?.configuration.version ?? Z.ZERO)} is not committed`,
          ['RECFG-1'],
        )
      count(reconfigurationMarks.proposed)
      known = [...known.filter((other) => !Z.equals(other.version, zxid)), proposed].toSorted((one, other) =>
        Z.compare(one.version, other.version),
      )
    },
    activated: ({ configuration: { committed: former } }, { self, configuration: { committed } }) => {
      if (committed === former) return
      if (!mayActivate(initial, known.filter(isCommitted), isAgreed, committed))
        object(
          'RECFG-5',
          `server ${self} goes by the configuration ${describe([committed])}, which nobody has committed`,
          ['RECFG-5', 'RECFG-9'],
        )
      if (!Z.isNewLeaderZxid(committed.version)) count(reconfigurationMarks.activated)
    },
  }
}

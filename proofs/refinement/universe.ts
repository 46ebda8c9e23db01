/**
 * The finite structure that a run is seen as: servers, the minimal quorums of its voters, epochs by number, transactions by
 * zxid. Epochs and transactions come into being when the run first names them, and so do quorums of other voters (RECFG-3).
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { QuorumSystem } from '../../src/core/quorum.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import { compileSystem } from '../../spec/logic/perform.js'
import {
  assign,
  forEachTuple,
  grow,
  makeChange,
  makeStructure,
  offsetOf,
  setRelation,
  sizeOf,
} from '../../spec/logic/structure.js'
import type { Change, Structure } from '../../spec/logic/structure.js'
import type { RelationSymbol } from '../../spec/logic/formula.js'
import * as S from '../../spec/symbols.js'
import { zab } from '../../spec/zab.js'
import type { QuorumElement, QuorumsOf } from './quorums.js'
import { makeQuorumsOf, minimalQuorums } from './quorums.js'

// --- model

export interface Universe {
  readonly structure: Structure
  /** Of the first voters. */
  readonly quorums: readonly QuorumElement[]
  /** Makes those that are new, and a silent server for a voter that nobody has named. */
  readonly quorumsOf: QuorumsOf
  /** Undefined for a server that is no member. */
  readonly nodeOf: (server: ServerId) => number | undefined
  /** From now on the server is another one: it has been there from the start, silent, and is in no quorum. */
  readonly renew: (server: ServerId) => void
  /** …or the member again that it was at first. */
  readonly resume: (server: ServerId) => void
  /** Makes it, and all below it, when it is new; undefined when the number is out of all proportion. */
  readonly epochOf: (epoch: Epoch) => number | undefined
  /** Undefined when nobody has proposed it. */
  readonly transactionOf: (zxid: Zxid) => number | undefined
  /** A transaction comes into being. */
  readonly propose: (zxid: Zxid) => number
  readonly zxidOf: (transaction: number) => Zxid
  /** What has come into being since the last call. */
  readonly takeGrowth: () => readonly Change[]
}

/** More epochs than any run needs: a number beyond it comes from a fault. */
const MAX_EPOCHS = 10_000

/** Combined in one number; counters stay far below 2^21 in simulated runs, but nothing depends on that. */
const keyOf = ({ epoch, counter }: Zxid): string => `${epoch}:${counter}`

// --- constructors

export const makeUniverse = (
  servers: readonly ServerId[],
  system: QuorumSystem,
  maximumEpoch: Epoch = MAX_EPOCHS,
): Universe => {
  const quorums = minimalQuorums([system]).map((members, id): QuorumElement => ({ id, members }))
  const structure = makeStructure(zab, {
    node: servers.map(String),
    quorum: quorums.map(({ members }) => members.join('+')),
    epoch: ['0'],
    transaction: [Z.show(Z.ZERO)],
  })
  const originals = new Map(servers.map((server, id) => [server, id]))
  const nodes = new Map(originals)
  /** In some quorum. */
  const voters = new Set(quorums.flatMap(({ members }) => members))
  const transactions = new Map([[keyOf(Z.ZERO), 0]])
  const zxids: Zxid[] = [Z.ZERO]
  let epochCount = 1
  let growth: Change[] = []

  const place = (transaction: number, zxid: Zxid): void => {
    assign(structure, S.epochOf.symbol, [transaction], zxid.epoch)
    zxids.forEach((other, id) => {
      const [low, high] = Z.isAfter(other, zxid) ? [transaction, id] : [id, transaction]
      setRelation(structure, S.atMost.symbol, [low, high], true)
    })
  }

  const growEpochs = (upTo: Epoch): void => {
    for (; epochCount <= upTo; epochCount += 1) {
      const id = grow(structure, 'epoch', String(epochCount))
      for (let lower = 0; lower <= id; lower += 1) setRelation(structure, S.epochAtMost.symbol, [lower, id], true)
      growth.push({ kind: 'Element', sort: 'epoch', id })
    }
  }

  for (const { id, members } of quorums)
    for (const member of members) setRelation(structure, S.member.symbol, [originals.get(member) ?? 0, id], true)
  setRelation(structure, S.epochAtMost.symbol, [0, 0], true)
  assign(structure, S.genesis.symbol, [], 0)
  assign(structure, S.origin.symbol, [], 0)
  place(0, Z.ZERO)

  /** A server that has done nothing yet. */
  const addNode = (name: string): number => {
    const id = grow(structure, 'node', name)
    growth.push({ kind: 'Element', sort: 'node', id })
    for (const { symbol, ids } of silent) {
      const change: Change = { kind: 'Relation', symbol, ids: [id, ...ids], value: 1 }
      makeChange(structure, change)
      growth.push(change)
    }
    return id
  }

  const originalOf = (server: ServerId): number => {
    const known = originals.get(server)
    if (known !== undefined) return known
    const id = addNode(String(server))
    originals.set(server, id)
    nodes.set(server, id)
    return id
  }

  const addQuorum = (members: readonly ServerId[]): number => {
    const nodesOfIt = members.map(originalOf)
    for (const voter of members) voters.add(voter)
    const id = grow(structure, 'quorum', members.join('+'))
    for (const node of nodesOfIt) setRelation(structure, S.member.symbol, [node, id], true)
    growth.push({ kind: 'Element', sort: 'quorum', id })
    return id
  }

  return {
    structure,
    quorums,
    quorumsOf: makeQuorumsOf(quorums, addQuorum),
    nodeOf: (server) => nodes.get(server),
    renew: (server) => {
      const id = addNode(`${server} (disk ${sizeOf(structure, 'node') - originals.size + 2})`)
      nodes.set(server, id)
      // Who has had no vote so far gets it, if ever, as the one that it is now (RECFG-10).
      if (!voters.has(server)) originals.set(server, id)
    },
    resume: (server) => {
      const member = originals.get(server)
      if (member !== undefined) nodes.set(server, member)
    },
    epochOf: (epoch) => {
      if (epoch < 0 || epoch > maximumEpoch) return undefined
      growEpochs(epoch)
      return epoch
    },
    transactionOf: (zxid) => transactions.get(keyOf(zxid)),
    propose: (zxid) => {
      growEpochs(Math.min(zxid.epoch, maximumEpoch))
      const id = grow(structure, 'transaction', Z.show(zxid))
      transactions.set(keyOf(zxid), id)
      zxids.push(zxid)
      place(id, zxid)
      growth.push({ kind: 'Element', sort: 'transaction', id })
      return id
    },
    zxidOf: (transaction) => zxids[transaction] ?? Z.ZERO,
    takeGrowth: () => {
      const grown = growth
      if (grown.length > 0) growth = []
      return grown
    },
  }
}

/** What is so of a server that has done nothing yet: what follows it in the tuples that begin with it. */
const silent = ((): readonly { readonly symbol: RelationSymbol; readonly ids: readonly number[] }[] => {
  const alone = makeStructure(zab, { node: ['alone'], epoch: ['0'], transaction: [Z.show(Z.ZERO)] })
  compileSystem(zab).initialize(alone)
  const facts: { readonly symbol: RelationSymbol; readonly ids: readonly number[] }[] = []
  for (const table of alone.relations)
    if (table.symbol.sorts[0] === 'node')
      forEachTuple(alone, table.sorts, ([, ...ids]) => {
        if (table.values[offsetOf(table, [0, ...ids])] === 1) facts.push({ symbol: table.symbol, ids })
      })
  return facts
})()

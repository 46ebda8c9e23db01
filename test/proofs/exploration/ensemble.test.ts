/** What the reductions rest on, looked at in states along many ways through small ensembles. */
import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../model/world/random.js'
import { boundsOf, serversOf } from '../../../proofs/exploration/bounds.js'
import type { Ensemble } from '../../../proofs/exploration/ensemble.js'
import { makeEnsemble } from '../../../proofs/exploration/ensemble.js'
import type { Reductions } from '../../../proofs/exploration/reductions.js'
import { allReductions, noReductions } from '../../../proofs/exploration/reductions.js'
import type { Output } from '../../../proofs/exploration/local.js'
import { textOf } from '../../../proofs/exploration/intern.js'
import { takeStep } from '../../../proofs/exploration/local.js'
import { configurationOf } from '../../../proofs/exploration/oracle.js'
import { renamed } from '../../../proofs/exploration/renaming.js'
import { siteText } from '../../../proofs/exploration/site.js'
import { permutationsOf } from '../../../proofs/exploration/symmetry.js'
import { rules } from '../../../src/core/rules.js'
import { visitAll } from './visit.js'

const bounds = boundsOf({ servers: 3, transactions: 2, timeouts: 1, restarts: 1 })
const servers = serversOf(bounds)

const ensembleWith = (reductions: Reductions): Ensemble => makeEnsemble({ bounds, rules, reductions })

/** States on ways that a seed decides on. */
const statesOf = (ensemble: Ensemble, ways: number): readonly Int32Array[] => {
  const random = makeRandom(1)
  return Array.from({ length: ways }).flatMap(() => {
    const way = [ensemble.initial]
    for (let length = 0; length < 80; length += 1) {
      const after: Int32Array[] = []
      const state = way.at(-1) ?? ensemble.initial
      ensemble.successors(state, (next) => after.push(next.slice()))
      const chosen = after[random.below(Math.max(1, after.length))]
      if (chosen === undefined) break
      way.push(chosen)
    }
    return way
  })
}

const fingerprintOf = (ensemble: Ensemble, state: Int32Array): string => {
  const fingerprint = new Int32Array(2)
  ensemble.represent(state, new Int32Array(ensemble.width), fingerprint)
  return fingerprint.join()
}

const successorsOf = (ensemble: Ensemble, state: Int32Array): readonly string[] => {
  const found: string[] = []
  ensemble.successors(state, (next) => found.push(fingerprintOf(ensemble, next)))
  return found
}

describe('servers are alike', () => {
  it('whoever is told to lead, it is one state', () => {
    // Lead, follow somebody who looks, crash: by whom and whom makes no difference.
    const alike = ensembleWith({ ...noReductions, serversAlike: true })
    expect(new Set(successorsOf(alike, alike.initial)).size).toBe(3)
    // Three who lead, six pairs; a crash before anything was done leaves no trace but in the budget.
    const named = ensembleWith(noReductions)
    expect(new Set(successorsOf(named, named.initial)).size).toBe(10)
  })

  it('a server renamed and renamed back is the same, in the normal form', () => {
    const ensemble = ensembleWith(allReductions)
    for (const state of statesOf(ensemble, 6))
      for (const server of servers)
        for (const images of permutationsOf(servers)) {
          const site = ensemble.siteOf(state, server)
          const back = servers.map((name) => images.indexOf(name) + 1)
          expect(siteText(renamed(renamed(site, images), back))).toBe(siteText(site))
        }
  })
})

describe('two writes that become durable at once', () => {
  it('are one after the other', () => {
    const ensemble = ensembleWith({ ...noReductions, dialLeadersOnly: true })
    let compared = 0
    for (const state of statesOf(ensemble, 60))
      for (const server of servers) {
        const site = ensemble.siteOf(state, server)
        if (site.writes.length < 2) continue
        compared += 1
        const config = configurationOf(rules, server, servers)
        const both = takeStep(config, site, { kind: 'Sync', count: 2 })
        const first = takeStep(config, site, { kind: 'Sync', count: 1 })
        const second = takeStep(config, first.site, { kind: 'Sync', count: 1 })
        expect(siteText(second.site)).toBe(siteText(both.site))
        expect([...first.outputs, ...second.outputs]).toEqual(both.outputs)
      }
    expect(compared).toBeGreaterThan(10)
  })
})

const all = (...outputs: readonly (readonly Output[])[]): readonly Output[] => outputs.flat()

/** The ACK that answers UPTODATE says once more what the leader knows (SYNC-12), so its place does not matter. */
const withoutSecondAck = (...outputs: readonly (readonly Output[])[]): readonly Output[] =>
  all(...outputs).filter(
    (output) => output.kind !== 'Send' || output.message.type !== 'ACK' || output.message.zxid.counter > 0,
  )

describe('a write of a server that does not lead', () => {
  it('becomes durable before a message as after it', () => {
    const ensemble = ensembleWith(noReductions)
    let compared = 0
    for (const state of statesOf(ensemble, 150)) {
      const arrivals = ensemble.happenings(state).flatMap((several) => several)
      for (const happening of arrivals) {
        if (happening.kind !== 'Arrive' || happening.item.kind !== 'Message') continue
        const { server, from, item } = happening
        const site = ensemble.siteOf(state, server)
        const { role } = site.peer
        if (site.writes.length === 0 || role.kind !== 'Following' || role.leader !== from) continue
        const config = configurationOf(rules, server, servers)
        const arrival = {
          kind: 'Core',
          event: { kind: 'Received', from, side: 'leader', message: item.message },
          isLinked: true,
        } as const
        const sync = { kind: 'Sync', count: site.writes.length } as const
        const [first, second] = [takeStep(config, site, arrival), takeStep(config, site, sync)]
        const [late, early] = [takeStep(config, first.site, sync), takeStep(config, second.site, arrival)]
        expect(siteText(early.site)).toBe(siteText(late.site))
        const outputs = item.message.type === 'UPTODATE' ? withoutSecondAck : all
        expect(outputs(second.outputs, early.outputs)).toEqual(outputs(first.outputs, late.outputs))
        compared += 1
      }
    }
    expect(compared).toBeGreaterThan(10)
  })
})

describe('with all reductions', () => {
  /** The disks of all servers, names aside, in each state in which all of them look for a leader. */
  const lookers = (small: Parameters<typeof boundsOf>[0], reductions: Reductions): readonly string[] => {
    const names = serversOf(boundsOf(small))
    const ensemble = makeEnsemble({ bounds: boundsOf(small), rules, reductions })
    const found = new Set<string>()
    visitAll(ensemble, (state) => {
      const sites = names.map((server) => ensemble.siteOf(state, server))
      if (sites.every(({ peer, writes }) => peer.role.kind === 'Looking' && writes.length === 0))
        found.add(
          sites
            .map(({ disk }) => textOf(disk))
            .sort()
            .join(' '),
        )
    })
    return [...found].sort()
  }

  const cases = [
    { servers: 2, transactions: 1, timeouts: 1, restarts: 0 },
    { servers: 2, transactions: 1, timeouts: 0, restarts: 1 },
    { servers: 2, transactions: 2, timeouts: 1, restarts: 0 },
    { servers: 2, transactions: 1, timeouts: 2, restarts: 0 },
  ]
  for (const small of cases)
    it(`(${Object.values(small).join()}): the same disks are met as without`, () => {
      const all = lookers(small, noReductions)
      expect(lookers(small, allReductions)).toEqual(all)
      expect(all.length).toBeGreaterThan(5)
    })
})

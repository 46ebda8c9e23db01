/** What the reductions rest on, looked at in states along many ways through small ensembles. */
import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../model/world/random.js'
import { boundsOf, serversOf } from '../../../proofs/exploration/bounds.js'
import type { Ensemble } from '../../../proofs/exploration/ensemble.js'
import { makeEnsemble } from '../../../proofs/exploration/ensemble.js'
import type { Reductions } from '../../../proofs/exploration/reductions.js'
import { allReductions, noReductions } from '../../../proofs/exploration/reductions.js'
import { takeStep } from '../../../proofs/exploration/local.js'
import { configurationOf } from '../../../proofs/exploration/oracle.js'
import { renamed, siteText } from '../../../proofs/exploration/site.js'
import { permutationsOf } from '../../../proofs/exploration/symmetry.js'
import { rules } from '../../../src/core/rules.js'

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

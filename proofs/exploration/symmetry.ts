/**
 * Servers are alike: with the election replaced by an oracle nothing compares their ids, so a state and the same state with
 * other names have the same future, but for names. One of them stands for all: the one with the least fingerprint among
 * those in which the servers stand in the order of what they are, names aside.
 *
 * The abstract state beside it may differ in which of several quorums a step was seen to happen with. Each is a choice that
 * the abstract system allows, and renaming makes another one that it allows.
 *
 * Where configurations change: who has a vote is part of a server then, and is renamed with it, and so is what messages and
 * transactions say of it. The first voters are alike, and so are the joiners: the first configuration is the same under all
 * names that they may have, and so is the menu of configurations that leaders may propose (configurations.ts). A leader that is to
 * name another one to go on with takes the first of several (RECFG-5); which it is makes no difference (local.ts).
 */
import type { ServerId } from '../../src/core/server-id.js'
import type { Abstraction } from './abstraction.js'
import { makeNumbers, remembered, scatter } from './hash.js'
import type { Channels } from './channels.js'
import { EMPTY } from './channels.js'
import type { Interner } from './intern.js'
import type { Layout } from './layout.js'
import type { Site } from './site.js'

export interface Representation {
  /** Writes the state that stands for all that count as this one, and its fingerprint. Gives the number of a renaming. */
  readonly represent: (state: Int32Array, into: Int32Array, fingerprint: Int32Array) => number
  /** The names that the renaming gives to servers 1, 2, … */
  readonly imagesOf: (renaming: number) => readonly ServerId[]
}

/** All orders of the servers, the given one first. */
export const permutationsOf = (servers: readonly number[]): readonly (readonly number[])[] =>
  servers.length <= 1
    ? [servers]
    : servers.flatMap((first) =>
        permutationsOf(servers.filter((server) => server !== first)).map((others) => [first, ...others]),
      )

type Hash = (state: Int32Array, into: Int32Array) => void

/** Two hashes of what the numbers of a state stand for, the budget left out. */
export const makeHash =
  (
    { channels: firstChannel, abstract }: Layout,
    sites: Pick<Interner<Site>, 'highOf' | 'lowOf'>,
    { contents }: Channels,
    abstraction: Pick<Abstraction, 'highOf' | 'lowOf'>,
  ): Hash =>
  (state, into) => {
    const number = state[abstract] ?? 0
    let high = abstraction.highOf(number)
    let low = abstraction.lowOf(number)
    for (let place = 0; place < firstChannel; place += 1) {
      const site = state[place] ?? 0
      high = (high + scatter(sites.highOf(site) + place)) | 0
      low = (low + scatter(sites.lowOf(site) - place)) | 0
    }
    for (let place = firstChannel; place < abstract; place += 1) {
      const channel = state[place] ?? EMPTY
      if (channel === EMPTY) continue
      high = (high + scatter(contents.highOf(channel) + place)) | 0
      low = (low + scatter(contents.lowOf(channel) - place)) | 0
    }
    into[0] = high
    into[1] = low
  }

/** Each state stands for itself. */
export const representItself = (servers: readonly ServerId[], hash: Hash): Representation => ({
  represent: (state, into, fingerprint) => {
    into.set(state)
    hash(state, fingerprint)
    return 0
  },
  imagesOf: () => servers,
})

/** Where configurations change, entries and messages name servers as well; else servers with their disks only. */
export interface Names {
  readonly site: (site: Site, images: readonly ServerId[]) => Site
  readonly channel: ((channel: number, images: readonly ServerId[]) => number) | undefined
}

interface Renaming {
  /** Where each number of a state comes from. */
  readonly sources: Int32Array
  readonly siteAfter: (site: number) => number
  /** Undefined where nothing that is on its way names a server. */
  readonly channelAfter: ((channel: number) => number) | undefined
  readonly abstractAfter: (state: number) => number
  readonly isIdentity: boolean
}

/** `groups`: servers that are alike, in the order of their ids. `names`: how what names servers is renamed. */
export const representAlike = (
  groups: readonly (readonly ServerId[])[],
  layout: Layout,
  sites: Interner<Site>,
  abstraction: Abstraction,
  hash: Hash,
  names: Names,
): Representation => {
  const servers = groups.flat()
  const permutations = groups.reduce<readonly (readonly ServerId[])[]>(
    (all, group) => all.flatMap((images) => permutationsOf(group).map((others) => [...images, ...others])),
    [[]],
  )
  /** Places where another group begins. */
  const borders = new Set(groups.map((_, index) => groups.slice(0, index).flat().length))
  const renamings = permutations.map((images) => renamingOf(images, servers, layout, sites, abstraction, names))
  const classes = makeNumbers(0)
  const count = servers.length
  const trial = new Int32Array(layout.width)
  const own = new Int32Array(2)

  /** What a server is, names aside; never 0. */
  const classOf = (site: number): number => {
    const known = classes.get(site)
    if (known !== 0) return known
    const fresh = Math.max(...renamings.map(({ siteAfter }) => sites.highOf(siteAfter(site)))) || 1
    classes.set(site, fresh)
    return fresh
  }

  /** Do the renamed servers stand in the order of what they are? */
  const isOrdered = (state: Int32Array, { sources }: Renaming): boolean => {
    let last = classOf(state[sources[0] ?? 0] ?? 0)
    for (let place = 1; place < count; place += 1) {
      const next = classOf(state[sources[place] ?? 0] ?? 0)
      if (next < last && !borders.has(place)) return false
      last = next
    }
    return true
  }

  const rename = (
    state: Int32Array,
    { sources, siteAfter, channelAfter, abstractAfter, isIdentity }: Renaming,
  ): void => {
    if (isIdentity) return trial.set(state)
    for (let place = 0; place < count; place += 1) trial[place] = siteAfter(state[sources[place] ?? 0] ?? 0)
    for (let place = count; place < layout.abstract; place += 1) {
      const channel = state[sources[place] ?? 0] ?? EMPTY
      trial[place] = channelAfter === undefined || channel === EMPTY ? channel : channelAfter(channel)
    }
    trial[layout.abstract] = abstractAfter(state[layout.abstract] ?? 0)
    trial[layout.budget] = state[layout.budget] ?? 0
  }

  const represent: Representation['represent'] = (state, into, fingerprint) => {
    let chosen = -1
    for (let index = 0; index < renamings.length; index += 1) {
      const renaming = renamings[index]
      if (renaming === undefined || !isOrdered(state, renaming)) continue
      rename(state, renaming)
      hash(trial, own)
      const [high = 0, low = 0] = own
      const [leastHigh = 0, leastLow = 0] = fingerprint
      if (chosen >= 0 && (high > leastHigh || (high === leastHigh && low >= leastLow))) continue
      chosen = index
      into.set(trial)
      fingerprint[0] = high
      fingerprint[1] = low
    }
    return chosen
  }

  return { represent, imagesOf: (renaming) => permutations[renaming] ?? servers }
}

const renamingOf = (
  images: readonly ServerId[],
  servers: readonly ServerId[],
  { width, toLeader, toLearner }: Layout,
  sites: Interner<Site>,
  abstraction: Abstraction,
  names: Names,
): Renaming => {
  const { channel } = names
  const sources = Int32Array.from({ length: width }, (_, place) => place)
  servers.forEach((server) => {
    const image = images[server - 1] ?? server
    sources[image - 1] = server - 1
    servers.forEach((other) => {
      if (other === server) return
      const otherImage = images[other - 1] ?? other
      sources[toLeader(image, otherImage)] = toLeader(server, other)
      sources[toLearner(image, otherImage)] = toLearner(server, other)
    })
  })
  return {
    sources,
    isIdentity: images.every((image, index) => image === index + 1),
    siteAfter: remembered((site) => sites.numberOf(names.site(sites.valueOf(site), images))),
    channelAfter: channel === undefined ? undefined : remembered((number) => channel(number, images)),
    abstractAfter: remembered((state) => abstraction.renamed(state, images)),
  }
}

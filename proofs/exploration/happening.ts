/** What may happen to an ensemble, for people. */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { Item } from './channels.js'
import type { Voters } from './configurations.js'
import { renamedConfiguration, votersFor } from './configurations.js'
import { renamedItem } from './renaming.js'
import type { Transaction } from './site.js'

export type Happening =
  | { readonly kind: 'Lead'; readonly server: ServerId }
  | { readonly kind: 'Follow'; readonly server: ServerId; readonly leader: ServerId }
  | { readonly kind: 'Dial'; readonly server: ServerId; readonly leader: ServerId }
  | { readonly kind: 'Redial'; readonly server: ServerId; readonly leader: ServerId }
  | { readonly kind: 'Finalize'; readonly server: ServerId }
  | { readonly kind: 'Resend'; readonly server: ServerId }
  | { readonly kind: 'GiveUp'; readonly server: ServerId }
  | { readonly kind: 'Submit'; readonly server: ServerId; readonly transaction: Transaction }
  | { readonly kind: 'Reconfigure'; readonly server: ServerId; readonly voters: Voters }
  /** A server that looks is told of a committed configuration. */
  | { readonly kind: 'Told'; readonly server: ServerId; readonly from: ServerId; readonly configuration: Configuration }
  | { readonly kind: 'Sync'; readonly server: ServerId; readonly count: number }
  | { readonly kind: 'Crash'; readonly server: ServerId; readonly kept: number }
  | { readonly kind: 'Drop'; readonly server: ServerId; readonly learner: ServerId }
  | { readonly kind: 'Arrive'; readonly server: ServerId; readonly from: ServerId; readonly item: Item }
  | { readonly kind: 'Lost'; readonly server: ServerId; readonly from: ServerId }

/**
 * The same before anybody asks: `other` is a server, a number of writes, or a transaction; `item` is the number of what arrives, or
 * of a configuration.
 */
export interface Happened {
  kind: Happening['kind']
  server: ServerId
  other: number
  item: number
}

export const happeningOf = (
  { kind, server, other, item }: Happened,
  itemOf: (number: number) => Item,
  configurationOf: (number: number) => Configuration,
): Happening => {
  switch (kind) {
    case 'Lead':
    case 'Finalize':
    case 'Resend':
    case 'GiveUp':
      return { kind, server }
    case 'Follow':
    case 'Dial':
    case 'Redial':
      return { kind, server, leader: other }
    case 'Submit':
      return { kind, server, transaction: other }
    case 'Reconfigure':
      return { kind, server, voters: votersFor(other) ?? [] }
    case 'Told':
      return { kind, server, from: other, configuration: configurationOf(item) }
    case 'Sync':
      return { kind, server, count: other }
    case 'Crash':
      return { kind, server, kept: other }
    case 'Drop':
      return { kind, server, learner: other }
    case 'Arrive':
      return { kind, server, from: other, item: itemOf(item) }
    case 'Lost':
      return { kind, server, from: other }
  }
}

/** The same with other names for the servers: `images[n - 1]` for n. */
export const renamedHappening = (happening: Happening, images: readonly ServerId[]): Happening => {
  const image = (server: ServerId): ServerId => images[server - 1] ?? server
  const server = image(happening.server)
  switch (happening.kind) {
    case 'Lead':
    case 'Finalize':
    case 'Resend':
    case 'GiveUp':
    case 'Submit':
    case 'Sync':
    case 'Crash':
      return { ...happening, server }
    case 'Follow':
    case 'Dial':
    case 'Redial':
      return { ...happening, server, leader: image(happening.leader) }
    case 'Drop':
      return { ...happening, server, learner: image(happening.learner) }
    case 'Reconfigure':
      return { ...happening, server, voters: happening.voters.map(image).toSorted((one, other) => one - other) }
    case 'Told':
      return {
        ...happening,
        server,
        from: image(happening.from),
        configuration: renamedConfiguration(happening.configuration, image),
      }
    case 'Arrive':
      return { ...happening, server, from: image(happening.from), item: renamedItem(happening.item, images) }
    case 'Lost':
      return { ...happening, server, from: image(happening.from) }
  }
}

/** What may happen to an ensemble. */
import type { ServerId } from '../../src/core/server-id.js'
import type { Item } from './channels.js'
import type { Transaction } from './site.js'

/** What has happened to the ensemble, for people. */
export type Happening =
  | { readonly kind: 'Lead'; readonly server: ServerId }
  | { readonly kind: 'Follow'; readonly server: ServerId; readonly leader: ServerId }
  | { readonly kind: 'Redial'; readonly server: ServerId; readonly leader: ServerId }
  | { readonly kind: 'GiveUp'; readonly server: ServerId }
  | { readonly kind: 'Submit'; readonly server: ServerId; readonly transaction: Transaction }
  | { readonly kind: 'Sync'; readonly server: ServerId; readonly count: number }
  | { readonly kind: 'Crash'; readonly server: ServerId; readonly kept: number }
  | { readonly kind: 'Drop'; readonly server: ServerId; readonly learner: ServerId }
  | { readonly kind: 'Arrive'; readonly server: ServerId; readonly from: ServerId; readonly item: Item }
  | { readonly kind: 'Lost'; readonly server: ServerId; readonly from: ServerId }

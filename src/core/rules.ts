/** Premises and plans, as values. (Filled in together with the core.) */
export interface Rules {
  readonly premises: Readonly<Record<string, unknown>>
}

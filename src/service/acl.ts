/** Access control lists and the identities of a connection. */

export interface Id {
  readonly scheme: string
  readonly id: string
}

/** `permissions`: READ 1, WRITE 2, CREATE 4, DELETE 8, ADMIN 16. */
export interface Acl {
  readonly permissions: number
  readonly id: Id
}

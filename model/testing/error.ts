/** How the promises of a client fail. */
import type { ErrorName } from '../../src/service/error.js'

/**
 * A request was refused, or its fate is not known: `CONNECTIONLOSS` means that the connection was lost before the answer,
 * so a write was done once or not at all. `SESSIONEXPIRED` ends the client; make another one.
 */
export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError'

  constructor(
    readonly code: ErrorName,
    readonly path?: string,
  ) {
    super(path === undefined ? code : `${code} for ${path}`)
  }
}

/** True for a failure of that kind; other failures are other bugs. */
export const isError = (error: unknown, ...codes: readonly ErrorName[]): error is ZooKeeperError =>
  error instanceof ZooKeeperError && codes.includes(error.code)

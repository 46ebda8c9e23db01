/** What went wrong with a socket, in words. */

/** Of a name with several addresses Node says only that all failed, and not how. */
export const problemOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(problemOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** Its code, such as `EADDRINUSE`. */
export const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '')

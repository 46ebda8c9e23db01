/** A process that checks one formula after another with Z3 from npm. It ends with its parent. */
import type { Answer, Check } from './engine.js'
import { loadZ3 } from './z3.js'

export type FromWorker =
  | { readonly kind: 'ready'; readonly version: string }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly reason: string }

const tell = (message: FromWorker): void => {
  process.send?.(message)
}
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

process.once('disconnect', () => process.exit())
// The parent answers for Ctrl-C, which the terminal sends to both.
process.on('SIGINT', () => undefined)

try {
  const z3 = await loadZ3()
  process.on('message', (message) => {
    // Only our parent has the other end of this channel, and it asks one thing at a time.
    z3.check(message as Check).then(
      (answer) => tell({ kind: 'answer', answer }),
      (error: unknown) => tell({ kind: 'failed', reason: textOf(error) }),
    )
  })
  tell({ kind: 'ready', version: z3.version })
} catch (error) {
  tell({ kind: 'missing', reason: textOf(error) })
}

/** What the two servers are asked: plain data, so that a list of steps can be printed, cut down and run again. */
import type { MultiOperation, Request } from '../../../src/service/request.js'

/** A connection of the client side; each server has one of that number. */
export type ConnectionNumber = number

/** Who connects: a new session, the n-th session of this program, or one that no server knows. */
export type Claim =
  | { readonly kind: 'new' }
  | { readonly kind: 'session'; readonly index: number; readonly password: 'right' | 'wrong' | 'null' }
  | { readonly kind: 'unknown' }

export type Step =
  | {
      readonly kind: 'connect'
      readonly on: ConnectionNumber
      readonly claim: Claim
      readonly timeoutMs: number
      readonly readOnly: boolean | undefined
      /** lastZxidSeen = the last zxid that the server gave, plus this; undefined: 0. */
      readonly ahead: number | undefined
    }
  /** One write of the socket; a connection that is closed connects first. */
  | { readonly kind: 'requests'; readonly on: ConnectionNumber; readonly requests: readonly Request[] }
  /** relativeZxid = the last zxid that the server gave, minus `back`. */
  | {
      readonly kind: 'setWatches'
      readonly on: ConnectionNumber
      readonly back: number
      readonly paths: readonly [data: readonly string[], exist: readonly string[], child: readonly string[]]
    }
  /** A frame's content that no codec of ours writes: header and `body`, given in hex. */
  | { readonly kind: 'frame'; readonly on: ConnectionNumber; readonly opcode: number; readonly body: string }
  /** Bytes that are no request at all, given in hex. `first`: instead of a ConnectRequest. */
  | { readonly kind: 'bytes'; readonly on: ConnectionNumber; readonly hex: string; readonly first: boolean }
  /** The client's end of the connection is cut; the session stays. */
  | { readonly kind: 'drop'; readonly on: ConnectionNumber }

/** All generated paths lie below this root; each run of a program has one of its own, of the same length. */
export const ROOT = '/r0000'

/** The step with `root` in place of ROOT. */
export const under = (root: string, step: Step): Step => {
  const at = (path: string): string => path.replace(ROOT, root)
  const moved = <R extends MultiOperation | Request>(request: R): R =>
    'path' in request && request.path !== null ? { ...request, path: at(request.path) } : request
  switch (step.kind) {
    case 'requests':
      return {
        ...step,
        requests: step.requests.map((request) =>
          request.op === 'multi' ? { ...request, operations: request.operations.map(moved) } : moved(request),
        ),
      }
    case 'setWatches':
      return { ...step, paths: [step.paths[0].map(at), step.paths[1].map(at), step.paths[2].map(at)] }
    case 'frame':
      return { ...step, body: step.body.replaceAll(hexOf(ROOT), hexOf(root)) }
    default:
      return step
  }
}

export const hexOf = (value: string | Uint8Array): string => Buffer.from(value).toString('hex')

/** One line. */
export const showStep = (step: Step): string =>
  JSON.stringify(step, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? `0x${hexOf(value)}` : value,
  )

/** Why bytes could not be read. Decoders answer with one of these; they never throw. */

export interface WireError {
  readonly kind: /** The input ends inside the named field. */
    | 'Truncated'
    /** A length or count that no writer produces: negative, or not fitting what surrounds it. */
    | 'BadLength'
    /** A well-formed field with a value that is not allowed there. */
    | 'BadValue'
    /** A length above the limit of this reader. */
    | 'TooLong'
    /** A checksum that does not match. */
    | 'BadChecksum'
    /** Understood, and not served by this implementation. */
    | 'Unsupported'
  /** The field, in the words of ZooKeeper's records. */
  readonly what: string
  /** Of the field, in bytes from the start of the frame, record or stream buffer. */
  readonly offset: number
}

export const wireError = (kind: WireError['kind'], what: string, offset: number): WireError => ({ kind, what, offset })

/** One line for a log: `BadLength: path at byte 12`. */
export const showWireError = (error: WireError): string => `${error.kind}: ${error.what} at byte ${error.offset}`

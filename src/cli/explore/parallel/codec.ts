/** Values of an exploration as bytes: structured clones, in the format of V8. */
import { deserialize, serialize } from 'node:v8'
import type { Codec } from '../../../../proofs/exploration/parallel/shared-table.js'

export const codec: Codec = { encode: serialize, decode: deserialize }

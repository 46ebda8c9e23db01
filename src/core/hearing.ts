/** Signs of life, at both ends of a quorum connection. BCAST-8. */

/**
 * When was the other end last heard? The looks are half a syncLimit apart, so who is silent at the third look in a row
 * has said nothing for one to one and a half times syncLimit. BCAST-8.
 */
export type Hearing = 'heard' | 'quiet' | 'silent'

/** What one look makes of the time since the other end was last heard; undefined: too long. */
export const listen = (heard: Hearing): Hearing | undefined => {
  switch (heard) {
    case 'heard':
      return 'quiet'
    case 'quiet':
      return 'silent'
    case 'silent':
      return undefined
  }
}

/** How long a text will be in UTF-8. */

const encoder = new TextEncoder()
const scratch = new Uint8Array(8192)
/** Up to this length a loop beats the native encoder. */
const SHORT_TEXT = 40

/** Bytes that `Writer.string` will write for the text, after its length. Encodes at most a scratch buffer at a time. */
export const utf8Length = (text: string): number => {
  if (text.length <= SHORT_TEXT && isAscii(text)) return text.length
  let length = 0
  for (let rest = text; rest !== ''; ) {
    const { read, written } = encoder.encodeInto(rest, scratch)
    length += written
    if (read === rest.length) break
    rest = rest.slice(read)
  }
  return length
}

const isAscii = (text: string): boolean => {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) >= 0x80) return false
  return true
}

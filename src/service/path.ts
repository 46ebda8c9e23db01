/** Paths: `/` and names parted by `/`. The root is `/` for clients, the empty string as a parent and in images. */

const SLASH = 0x2f
const DOT = 0x2e

/** The path of the parent, `''` for children of the root; undefined when there is no slash. */
export const parentOf = (path: string): string | undefined => {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? undefined : path.slice(0, slash)
}

/** What stands after the last slash. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** The parent as watches name it: `/` for children of the root. */
export const watchedParentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

export const hasNul = (path: string): boolean => path.includes('\0')

/** Absolute, no empty, `.` or `..` component, no slash at the end but the root's, no forbidden character. */
export const isValid = (path: string): boolean => {
  if (path.charCodeAt(0) !== SLASH) return false
  if (path.length === 1) return true
  let start = 1
  for (let index = 1; index < path.length; index++) {
    const unit = path.charCodeAt(index)
    if (unit === SLASH) {
      if (!isName(path, start, index)) return false
      start = index + 1
    } else if (isForbidden(unit)) return false
  }
  return isName(path, start, path.length)
}

/** Not empty, not `.`, not `..`. */
const isName = (path: string, start: number, end: number): boolean =>
  end > start + 2 ||
  (end > start && path.charCodeAt(start) !== DOT) ||
  (end === start + 2 && path.charCodeAt(start + 1) !== DOT)

/** Controls, surrogates (so nothing beyond the basic plane), private use, specials: judged per UTF-16 unit. */
const isForbidden = (unit: number): boolean =>
  unit < 0x20 || (unit >= 0x7f && (unit <= 0x9f || (unit >= 0xd800 && (unit <= 0xf8ff || unit >= 0xfff0))))

/** Where the configuration text of the ensemble stands. */
export const CONFIGURATION_PATH = '/zookeeper/config'

/** Nodes that every server needs. */
export const isIndelible = (path: string): boolean =>
  path === '/' || path === '/zookeeper' || path === '/zookeeper/quota' || path === CONFIGURATION_PATH

/** Below `/zookeeper/` servers may differ: quota figures and the configuration are written without transactions. */
export const isLocal = (path: string): boolean => path.startsWith('/zookeeper/')

/** A sequence number as Java formats `%010d`: ten characters, eleven for −2147483648. */
export const sequenceSuffix = (cversion: number): string =>
  cversion < 0 ? `-${String(-cversion).padStart(9, '0')}` : String(cversion).padStart(10, '0')

/** Bytes of a text in UTF-8, as it will be written: half a surrogate pair becomes U+FFFD. */
export const utf8Length = (text: string): number => {
  let length = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) length += 1
    else if (unit < 0x800) length += 2
    else if (isHigh(unit) && isLow(text.charCodeAt(index + 1))) {
      length += 4
      index += 1
    } else length += 3
  }
  return length
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000

/** Small tools on lists. */

/** The first element for which it is so, if it is so for all after it; the length if it is so for none. */
export const firstIndex = <A>(elements: readonly A[], isSo: (element: A) => boolean): number => {
  let low = 0
  let high = elements.length
  while (low < high) {
    const middle = (low + high) >> 1
    const element = elements[middle]
    if (element === undefined || isSo(element)) high = middle
    else low = middle + 1
  }
  return low
}

/** Lists of those with the same key, each in the order given. */
export const groupBy = <K, A>(elements: readonly A[], keyOf: (element: A) => K): ReadonlyMap<K, readonly A[]> => {
  const groups = new Map<K, A[]>()
  for (const element of elements) append(groups, keyOf(element), element)
  return groups
}

export const append = <K, A>(lists: Map<K, A[]>, key: K, element: A): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [element])
  else list.push(element)
}

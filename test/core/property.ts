/** Properties with a fixed seed: a run of the tests is the same run every time. */
import fc from 'fast-check'

/** Assert a property. */
export const holds = <Values>(property: fc.IProperty<Values>, numRuns = 200): void =>
  fc.assert(property, { seed: 1, numRuns })

/** Does the property fail, as it must with a planted fault? */
export const fails = <Values>(property: fc.IProperty<Values>, numRuns = 200): boolean =>
  fc.check(property, { seed: 1, numRuns }).failed

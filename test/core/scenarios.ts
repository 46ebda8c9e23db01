/** Small directed scenarios; `zab clauses` plays them too. */
export * from '../../model/alone/scenarios.js'

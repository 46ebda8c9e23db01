/** The ids of spec/clauses; generated from there. */
export type ClauseId = string

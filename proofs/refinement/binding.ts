/** Which statements are about all elements of a sort, or about some one: their formulas bind a variable of it. */
import type { Formula, Term } from '../../spec/logic/formula.js'

export const binds =
  (sort: string) =>
  (formula: Formula): boolean => {
    switch (formula.kind) {
      case 'True':
      case 'False':
        return false
      case 'Holds':
        return formula.arguments.some(bindsInTerm(sort))
      case 'Equal':
        return [formula.left, formula.right].some(bindsInTerm(sort))
      case 'Not':
        return binds(sort)(formula.body)
      case 'And':
      case 'Or':
        return formula.parts.some(binds(sort))
      case 'Implies':
        return [formula.premise, formula.conclusion].some(binds(sort))
      case 'Iff':
        return [formula.left, formula.right].some(binds(sort))
      case 'ForAll':
      case 'Exists':
        return formula.variables.some((variable) => variable.sort === sort) || binds(sort)(formula.body)
    }
  }

const bindsInTerm =
  (sort: string) =>
  (term: Term): boolean => {
    switch (term.kind) {
      case 'Variable':
        return false
      case 'Application':
        return term.arguments.some(bindsInTerm(sort))
      case 'Conditional':
        return binds(sort)(term.condition) || [term.whenTrue, term.whenFalse].some(bindsInTerm(sort))
    }
  }

/** What can be wrong with a configuration, as values that name the place, the reason and the remedy. */

export interface Place {
  readonly file: string
  /** Counted from 1; 0 when no line is to blame, because one is missing. */
  readonly line: number
}

export interface ConfigurationError extends Place {
  readonly kind: 'Unreadable' | 'Unsupported' | 'Malformed' | 'Missing' | 'Invalid' | 'Conflict'
  readonly key: string
  readonly reason: string
  readonly remedy: string
}

/** Something that was read and has no effect, or not the one that its writer may have had in mind. */
export interface ConfigurationWarning extends Place {
  readonly key: string
  readonly reason: string
}

const showPlace = ({ file, line }: Place): string => (line === 0 ? file : `${file}:${line}`)

/** One line: place, key, reason, remedy. */
export const showError = (error: ConfigurationError): string =>
  `${showPlace(error)}: ${error.key}: ${error.reason}; ${error.remedy}`

export const showWarning = (warning: ConfigurationWarning): string =>
  `${showPlace(warning)}: ${warning.key}: ${warning.reason}`

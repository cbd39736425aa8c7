/** A total in the strip above a list. */
export interface Figure {
  key: string
  label: string
  value: string
  unit: string
  /** The first of those that the ones before it are made up of. */
  isFirstPart?: boolean
  isWarned?: boolean
}

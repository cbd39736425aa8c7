export interface GridColumn<T> {
  key: string
  title: string
  /** Pixels; columns share what is left over in proportion to it until the user sets widths. */
  width: number
  right?: boolean
  /** Name of the order in Go; a column without one cannot be sorted. */
  sort?: string
  text: (row: T) => string
}

/** Rows of a list, where they are known; EtcGrid says which it shows and reads them again when `tick` changes. */
export interface RowSource<T> {
  at(index: number): T | undefined
  failed(index: number): boolean
  need(first: number, last: number): void
  retry(): void
  /** Rises whenever rows arrived, failed or went. */
  readonly tick: number
  readonly anyFailed: boolean
}

export interface GridSelection {
  first: number
  last: number
  columns: string[]
}

export interface SortOrder {
  sort: string
  descending: boolean
}

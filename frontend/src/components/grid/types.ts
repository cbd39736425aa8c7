export interface GridColumn<T> {
  key: string
  title: string
  /** Pixels; columns share what is left over in proportion to it until the user sets widths. */
  width: number
  right?: boolean
  /** Name of the order in Go; a column without one cannot be sorted. */
  sort?: string
  /** Not shown until somebody asks for it in 列设置. */
  isHidden?: boolean
  /** Made by the page alone, such as a button: Go knows no such column, so it is never copied. */
  isPageOnly?: boolean
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

/** Ticks of rows, as useRowChecks makes them; the grid shows and changes them. */
export interface GridChecks<T> {
  readonly selection: { readonly value: object }
  readonly header: { readonly value: 'none' | 'some' | 'all' }
  nameOf(row: T): string
  isTicked(row: T): boolean
  toggle(row: T, index: number): void
  extend(row: T, index: number): Promise<void>
  set(first: number, last: number, ticked: boolean): Promise<void>
  toggleAll(): void
}

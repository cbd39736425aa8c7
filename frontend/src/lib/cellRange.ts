/** A run of cells, as Excel selects one: it grows from the cell where it began to the cell where the focus is. */

export interface Cell {
  row: number
  column: number
}

export interface CellRange {
  start: Cell
  focus: Cell
}

export interface Bounds {
  firstRow: number
  lastRow: number
  columns: number
}

export function singleCell(cell: Cell): CellRange {
  return { start: cell, focus: cell }
}

export function extend(range: CellRange, focus: Cell): CellRange {
  return { start: range.start, focus }
}

export function rowsOf(range: CellRange): [number, number] {
  const { start, focus } = range
  return [Math.min(start.row, focus.row), Math.max(start.row, focus.row)]
}

export function columnsOf(range: CellRange): [number, number] {
  const { start, focus } = range
  return [Math.min(start.column, focus.column), Math.max(start.column, focus.column)]
}

export function allCells(bounds: Bounds): CellRange {
  return {
    start: { row: bounds.firstRow, column: 0 },
    focus: { row: bounds.lastRow, column: bounds.columns - 1 },
  }
}

export function clampCell(cell: Cell, bounds: Bounds): Cell {
  return {
    row: Math.min(bounds.lastRow, Math.max(bounds.firstRow, cell.row)),
    column: Math.min(bounds.columns - 1, Math.max(0, cell.column)),
  }
}

export interface Press {
  key: string
  ctrl: boolean
}

/** Where a key takes the focus; null when the key does not move it. */
export function moveBy(press: Press, from: Cell, bounds: Bounds, pageRows: number): Cell | null {
  const target = targetOf(press, from, bounds, pageRows)
  return target && clampCell(target, bounds)
}

function targetOf({ key, ctrl }: Press, { row, column }: Cell, bounds: Bounds, pageRows: number): Cell | null {
  const lastColumn = bounds.columns - 1
  switch (key) {
    case 'ArrowUp':
      return { row: ctrl ? bounds.firstRow : row - 1, column }
    case 'ArrowDown':
      return { row: ctrl ? bounds.lastRow : row + 1, column }
    case 'ArrowLeft':
      return { row, column: ctrl ? 0 : column - 1 }
    case 'ArrowRight':
      return { row, column: ctrl ? lastColumn : column + 1 }
    case 'PageUp':
      return { row: row - pageRows, column }
    case 'PageDown':
      return { row: row + pageRows, column }
    case 'Home':
      return ctrl ? { row: bounds.firstRow, column: 0 } : { row, column: 0 }
    case 'End':
      return ctrl ? { row: bounds.lastRow, column: lastColumn } : { row, column: lastColumn }
    default:
      return null
  }
}

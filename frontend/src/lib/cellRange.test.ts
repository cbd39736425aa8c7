import { describe, expect, it } from 'vitest'
import { allCells, columnsOf, extend, moveBy, rowsOf, singleCell } from './cellRange'

const bounds = { firstRow: 0, lastRow: 2_999_999, columns: 8 }
const key = (name: string, ctrl = false) => ({ key: name, ctrl })

describe('moving', () => {
  it.each([
    ['down a row', key('ArrowDown'), { row: 11, column: 3 }],
    ['to the last cell', key('End', true), { row: 2_999_999, column: 7 }],
    ['to the first cell', key('Home', true), { row: 0, column: 0 }],
    ['to the end of the row', key('End'), { row: 10, column: 7 }],
    ['down a page', key('PageDown'), { row: 30, column: 3 }],
    ['up, but not out', key('PageUp'), { row: 0, column: 3 }],
  ])('goes %s', (_, press, to) => expect(moveBy(press, { row: 10, column: 3 }, bounds, 20)).toEqual(to))

  it('leaves other keys alone', () => expect(moveBy(key('x'), { row: 0, column: 0 }, bounds, 20)).toBeNull())
})

describe('ranges', () => {
  it('grow to either side of where they began', () => {
    const range = extend(singleCell({ row: 5, column: 4 }), { row: 2, column: 6 })
    expect([rowsOf(range), columnsOf(range)]).toEqual([
      [2, 5],
      [4, 6],
    ])
  })

  it('can hold everything', () => expect(rowsOf(allCells(bounds))).toEqual([0, 2_999_999]))
})

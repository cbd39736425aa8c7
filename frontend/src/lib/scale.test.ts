import { describe, expect, it } from 'vitest'
import { anchorOf, isScaled, maxBodyPixels, maxLogical, scaleOf, slotsAt, toLogical, toScroll } from './scale'

const rowHeight = 36
const viewport = 600
/** Around the row count at which the scroll bar begins to stand for more than its pixels. */
const limit = Math.floor(maxBodyPixels / rowHeight)

describe.each([0, 1, 15, 200_000, limit, limit + 1, 1_200_000, 3_000_000, 30_000_000])('%i rows', (rows) => {
  const scale = scaleOf(rows, rowHeight, viewport)

  it('stays below what browsers clamp', () => expect(scale.bodyHeight).toBeLessThanOrEqual(maxBodyPixels))

  it('reaches both ends', () => {
    expect(toLogical(scale, 0)).toBe(0)
    expect(toLogical(scale, Math.max(0, scale.bodyHeight - viewport))).toBeCloseTo(maxLogical(scale), 3)
  })

  it('comes back from a position to the same position', () => {
    for (const share of [0, 0.1, 0.5, 0.9, 1]) {
      const logical = share * maxLogical(scale)
      expect(toLogical(scale, toScroll(scale, logical))).toBeCloseTo(logical, 3)
    }
  })

  it('covers the viewport with neighbouring rows, each in its own slot', () => {
    for (const share of [0, 0.001, 0.5, 0.999, 1]) {
      const top = share * maxLogical(scale)
      const slots = slotsAt(top, rowHeight, viewport, rows)
      const drawn = slots.map((slot) => slot.row).sort((a, b) => a - b)
      expect(drawn.every((row, index) => row === (drawn[0] ?? 0) + index)).toBe(true)
      expect(slots.every(({ slot, row }) => row % slots.length === slot)).toBe(true)
      if (rows === 0) continue
      expect(drawn[0]! * rowHeight).toBeLessThanOrEqual(top)
      expect((drawn.at(-1)! + 1) * rowHeight).toBeGreaterThanOrEqual(Math.min(top + viewport, rows * rowHeight))
      expect(drawn.at(-1)).toBeLessThan(rows)
    }
  })
})

it('scales only when it must', () => {
  expect(isScaled(scaleOf(limit, rowHeight, viewport))).toBe(false)
  expect(isScaled(scaleOf(limit + 1, rowHeight, viewport))).toBe(true)
})

it('keeps the pool constant while scrolling', () => {
  const sizes = new Set([0, 1, 35, 36, 5000.5, 100_000].map((top) => slotsAt(top, rowHeight, viewport, 100_000).length))
  expect(sizes.size).toBe(1)
})

it('keeps its rows close to the anchor', () => {
  for (const row of [0, 63, 64, 2_999_999]) expect(row - anchorOf(row)).toBeLessThan(64)
})

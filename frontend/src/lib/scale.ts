/**
 * Browsers clamp an element's height at some 33 million pixels: a million rows of 36 px would lose their end. Beyond a limit the scroll
 * bar therefore stands for a longer, logical distance. Below it both are the same, and scrolling needs no arithmetic.
 */

export const maxBodyPixels = 8_000_000

export interface Scale {
  /** Height of the rows as they would be, and as the page makes them. */
  logicalHeight: number
  bodyHeight: number
  /** Height of the part that is visible. */
  viewport: number
}

export function scaleOf(rows: number, rowHeight: number, viewport: number): Scale {
  const logicalHeight = rows * rowHeight
  return { logicalHeight, bodyHeight: Math.min(logicalHeight, maxBodyPixels), viewport }
}

export function isScaled(scale: Scale): boolean {
  return scale.logicalHeight > scale.bodyHeight
}

/** The furthest logical position: the last row touches the lower edge. */
export function maxLogical(scale: Scale): number {
  return Math.max(0, scale.logicalHeight - scale.viewport)
}

function maxScroll(scale: Scale): number {
  return Math.max(0, scale.bodyHeight - scale.viewport)
}

export function toLogical(scale: Scale, scrollTop: number): number {
  if (!isScaled(scale)) return scrollTop
  const share = Math.min(1, Math.max(0, scrollTop / maxScroll(scale)))
  return share * maxLogical(scale)
}

export function toScroll(scale: Scale, logical: number): number {
  const inside = clampLogical(scale, logical)
  if (!isScaled(scale)) return inside
  return (inside / maxLogical(scale)) * maxScroll(scale)
}

export function clampLogical(scale: Scale, logical: number): number {
  return Math.min(maxLogical(scale), Math.max(0, logical))
}

/** Rows hang on an anchor that moves in steps: most scrolling then moves no row, only the layer or nothing at all. */
const anchorStep = 64

export function anchorOf(row: number): number {
  return row - (row % anchorStep)
}

export interface Slot {
  /** Place in the pool; it keeps its element while rows pass through it. */
  slot: number
  row: number
}

/**
 * Rows to draw, each in the slot of the pool that it always has (row mod pool). The pool's size depends on the viewport alone: a size
 * that changed while scrolling would reshuffle every element.
 */
export function slotsAt(logicalTop: number, rowHeight: number, viewport: number, rows: number, overscan = 6): Slot[] {
  const pool = Math.min(rows, Math.ceil(viewport / rowHeight) + 1 + 2 * overscan)
  const first = Math.max(0, Math.min(Math.floor(logicalTop / rowHeight) - overscan, rows - pool))
  const slots: Slot[] = []
  for (let slot = 0; slot < pool; slot++) {
    slots.push({ slot, row: first + ((((slot - first) % pool) + pool) % pool) })
  }
  return slots
}

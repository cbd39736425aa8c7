/** Width in pixels that a column needs for the texts given, in the font of an element; bounded by its caller. */
export function widthFor(texts: string[], element: Element): number {
  const context = document.createElement('canvas').getContext('2d')
  if (!context) return 0
  context.font = getComputedStyle(element).font
  const padding = 34
  return Math.ceil(Math.max(0, ...texts.map((text) => context.measureText(text).width)) + padding)
}

import { computed, nextTick, onBeforeUnmount, onMounted, ref, watch } from 'vue'
import type { Ref } from 'vue'
import { anchorOf, clampLogical, isScaled, scaleOf, slotsAt, toLogical, toScroll } from '@/lib/scale'

export const rowHeight = 36
export const headerHeight = 38

/** Which rows are on screen: turns the scroll bar's position into a logical one and back. */
export function useViewport(count: Ref<number>) {
  const scroller = ref<HTMLElement | null>(null)
  const viewport = ref(0)
  const scrollTop = ref(0)
  const logicalTop = ref(0)
  /** The scroll position that we set ourselves: its event must not round the logical one. */
  let expected = -1
  let observer: ResizeObserver | undefined

  const scale = computed(() => scaleOf(count.value, rowHeight, viewport.value))
  const slots = computed(() => slotsAt(logicalTop.value, rowHeight, viewport.value, count.value))
  const firstVisible = computed(() => Math.floor(logicalTop.value / rowHeight))
  const pageRows = computed(() => Math.max(1, Math.floor(viewport.value / rowHeight) - 1))
  const anchor = computed(() => anchorOf(Math.max(0, firstVisible.value)))
  /** Where the layer of rows stands in the body. Unscaled it moves only with the anchor: scrolling itself costs nothing. */
  const layerTop = computed(() => {
    const anchorTop = anchor.value * rowHeight
    return isScaled(scale.value) ? scrollTop.value + anchorTop - logicalTop.value : anchorTop
  })

  function onScroll(): void {
    const top = scroller.value?.scrollTop ?? 0
    scrollTop.value = top
    if (Math.abs(top - expected) < 1.5) return
    expected = -1
    logicalTop.value = toLogical(scale.value, top)
  }

  /** A pixel of a scaled scroll bar is many rows; the wheel still has to move by pixels. */
  function onWheel(event: WheelEvent): void {
    if (!isScaled(scale.value) || event.ctrlKey || event.shiftKey || event.deltaY === 0) return
    event.preventDefault()
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? rowHeight : 1
    scrollTo(logicalTop.value + event.deltaY * unit)
  }

  function scrollTo(logical: number): void {
    const element = scroller.value
    if (!element) return
    logicalTop.value = clampLogical(scale.value, logical)
    element.scrollTop = toScroll(scale.value, logicalTop.value)
    // The browser rounds to its own pixels: read back what it made of it.
    expected = element.scrollTop
    scrollTop.value = expected
  }

  function reveal(row: number): void {
    const top = row * rowHeight
    if (top < logicalTop.value) scrollTo(top)
    else if (top + rowHeight > logicalTop.value + viewport.value) scrollTo(top + rowHeight - viewport.value)
  }

  function measure(): void {
    viewport.value = Math.max(0, (scroller.value?.clientHeight ?? 0) - headerHeight)
  }

  onMounted(() => {
    measure()
    observer = new ResizeObserver(measure)
    observer.observe(scroller.value!)
  })
  onBeforeUnmount(() => observer?.disconnect())

  watch(count, async () => {
    await nextTick()
    measure()
    scrollTo(logicalTop.value)
  })

  return {
    scroller,
    viewport,
    scale,
    slots,
    firstVisible,
    pageRows,
    anchor,
    layerTop,
    onScroll,
    onWheel,
    scrollTo,
    reveal,
  }
}

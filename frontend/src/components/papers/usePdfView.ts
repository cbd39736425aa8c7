import { computed, nextTick, onBeforeUnmount, ref, shallowRef, watch } from 'vue'
import { toFault } from '@/api'
import type { Fault } from '@/api'
import type { PDFDocumentProxy } from './pdf'

export type PdfView = ReturnType<typeof usePdfView>

const steps = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]

/** A PDF page by page: which page of it is drawn, how large, and why not. By itself a page is as wide as there is room, or seen as a whole. */
export function usePdfView(fetchBytes: () => Promise<Uint8Array>, seesWhole = false) {
  const document = shallowRef<PDFDocumentProxy | null>(null)
  const page = ref(1)
  /** null: as there is room. */
  const zoom = ref<number | null>(null)
  const shownZoom = ref(1)
  const canvas = ref<HTMLCanvasElement>()
  const room = ref<HTMLElement>()
  const fault = ref<Fault | null>(null)
  const unreadable = ref('')
  const isBlank = ref(false)
  const drawn = ref('')
  let latest = 0

  const pages = computed(() => document.value?.numPages ?? 0)

  async function load(): Promise<void> {
    const number = ++latest
    empty()
    try {
      const [{ openPdf }, bytes] = await Promise.all([import('./pdf'), fetchBytes()])
      const opened = await openPdf(bytes)
      if (number !== latest) return void opened.loadingTask.destroy()
      document.value = opened
      await nextTick()
      await draw()
    } catch (reason) {
      if (number === latest) refuse(reason)
    }
  }

  /** What cannot be had is one thing, what cannot be shown here another. */
  function refuse(reason: unknown): void {
    const why = (reason as { why?: unknown }).why
    if (typeof why === 'string') unreadable.value = why
    else fault.value = toFault(reason)
  }

  let drawing: Promise<void> = Promise.resolve()
  /** One page at a time is drawn on the one canvas. */
  function draw(): Promise<void> {
    drawing = drawing.then(drawNow, drawNow)
    return drawing
  }

  async function drawNow(): Promise<void> {
    const shown = document.value
    if (!shown || !canvas.value) return
    try {
      const { drawPage } = await import('./pdf')
      const sheet = await shown.getPage(page.value)
      const natural = sheet.getViewport({ scale: 1 })
      const margin = 40
      const { clientWidth, clientHeight } = room.value!
      const fitting = (clientWidth - margin) / natural.width
      const whole = seesWhole ? (clientHeight - margin) / natural.height : fitting
      shownZoom.value = zoom.value ?? Math.max(0.3, Math.min(fitting, whole))
      isBlank.value = !(await drawPage(sheet, canvas.value, shownZoom.value))
      drawn.value = `${page.value}@${Math.round(shownZoom.value * 100)}`
    } catch (reason) {
      if (shown === document.value) refuse(reason)
    }
  }

  function empty(): void {
    void document.value?.loadingTask.destroy()
    document.value = null
    page.value = 1
    zoom.value = null
    fault.value = null
    unreadable.value = ''
    isBlank.value = false
    drawn.value = ''
  }

  /** Gives the document back; what is still on its way is not shown. */
  function close(): void {
    latest++
    empty()
  }

  function turn(by: number): void {
    page.value = Math.min(pages.value, Math.max(1, page.value + by))
  }

  function zoomBy(by: 1 | -1): void {
    const now = shownZoom.value
    const next = by > 0 ? steps.find((step) => step > now + 0.01) : steps.findLast((step) => step < now - 0.01)
    zoom.value = next ?? now
  }

  const keys: Record<string, () => void> = {
    ArrowLeft: () => turn(-1),
    ArrowRight: () => turn(1),
    PageUp: () => turn(-1),
    PageDown: () => turn(1),
    Home: () => turn(-pages.value),
    End: () => turn(pages.value),
    '+': () => zoomBy(1),
    '=': () => zoomBy(1),
    '-': () => zoomBy(-1),
    '0': () => (zoom.value = null),
  }

  function onKey(event: KeyboardEvent): void {
    const act = keys[event.key]
    if (!act || event.ctrlKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }

  watch([page, zoom], () => void draw())
  onBeforeUnmount(close)

  /** Where it is drawn, and the room around it, as a template gives them. */
  function takeCanvas(element: unknown): void {
    canvas.value = (element as HTMLCanvasElement | null) ?? undefined
  }

  function takeRoom(element: unknown): void {
    room.value = (element as HTMLElement | null) ?? undefined
  }

  return {
    takeCanvas,
    takeRoom,
    seesWhole,
    focus: () => room.value?.focus(),
    page,
    pages,
    zoom,
    shownZoom,
    fault,
    unreadable,
    isBlank,
    drawn,
    load,
    close,
    turn,
    zoomBy,
    onKey,
  }
}

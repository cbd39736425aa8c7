import { onScopeDispose, ref } from 'vue'
import { Fault, onPrint, printing, toFault } from '@/api'
import type { PrintOrder, PrintPack, PrintProgress } from '@/api'

/** Settings that change in quick succession are one pack. */
const pause = 350

/** The pack of the newest order: it is made again whenever the order changes, and the one before is given up. */
export function usePrintPack() {
  const pack = ref<PrintPack | null>(null)
  const progress = ref<PrintProgress | null>(null)
  const fault = ref<Fault | null>(null)
  /** It was stopped by hand, and waits to be asked for again. */
  const isStopped = ref(false)
  let wanted: PrintOrder | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy: Promise<void> | null = null

  onScopeDispose(onPrint((told) => progress.value && (progress.value = told)))

  function make(order: PrintOrder): void {
    wanted = order
    pack.value = null
    fault.value = null
    isStopped.value = false
    progress.value = { done: 0, total: 0 }
    clearTimeout(timer)
    timer = setTimeout(() => void run(), pause)
  }

  /** One at a time: a newer order ends the making of an older one. */
  async function run(): Promise<void> {
    if (busy) {
      await printing.cancelStage().catch(() => undefined)
      await busy
    }
    const order = wanted
    if (!order || busy) return
    busy = stage(order)
    await busy
    busy = null
  }

  async function stage(order: PrintOrder): Promise<void> {
    try {
      const made = await printing.stage(order)
      if (order === wanted) pack.value = made
    } catch (reason) {
      if (order === wanted) fault.value = toFault(reason)
    }
    if (order === wanted) progress.value = null
  }

  /** Ends the making by hand. */
  async function stop(): Promise<void> {
    leave()
    isStopped.value = true
    await printing.cancelStage()
  }

  /** Nothing is wanted any more. */
  function leave(): void {
    clearTimeout(timer)
    wanted = null
    pack.value = null
    progress.value = null
    fault.value = null
    isStopped.value = false
  }

  /** Gives the pack up. */
  async function close(): Promise<void> {
    leave()
    await printing.cancelStage().catch(() => undefined)
    await busy
    await printing.discard().catch(() => undefined)
  }

  return { pack, progress, fault, isStopped, make, stop, close }
}

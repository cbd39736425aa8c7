import { onScopeDispose, ref, watch } from 'vue'
import { statements, toFault } from '@/api'
import type { Fault, StatementOrder, StatementPreview } from '@/api'

/** How long the page waits for more changes before it asks, in milliseconds. */
const pause = 200

/** What the cover of an order would say now; asked anew with every change of it, and with what `others` tells of. */
export function usePreview(order: () => StatementOrder | null, others: () => unknown) {
  const preview = ref<StatementPreview | null>(null)
  const fault = ref<Fault | null>(null)
  /** The preview is that of the order as it is now. */
  const isCurrent = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  async function ask(): Promise<void> {
    const wanted = order()
    if (!wanted) return
    const number = ++latest
    try {
      const found = await statements.preview(wanted)
      if (number !== latest) return
      preview.value = found
      fault.value = null
    } catch (reason) {
      if (number !== latest) return
      fault.value = toFault(reason)
    }
    isCurrent.value = true
  }

  function change(): void {
    latest++
    isCurrent.value = false
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), pause)
  }

  watch(() => JSON.stringify(order()), change, { immediate: true })
  watch(others, change)
  onScopeDispose(() => clearTimeout(timer))

  return { preview, fault, isCurrent, retry: change }
}

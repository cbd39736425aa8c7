import { onScopeDispose, ref, shallowRef } from 'vue'
import { toFault } from '@/api'
import type { SelectionSum } from '@/api'
import type { GridSelection } from '@/components/grid/types'
import { faultText } from '@/texts'

/** Long enough to skip the cells of a drag, too short to be noticed after it. */
const debounce = 120

/** The figures of the status bar for a selection, added up by Go; answers that came too late are dropped. */
export function useSelectionSum(add: (selection: GridSelection) => Promise<SelectionSum>) {
  const selection = shallowRef<GridSelection | null>(null)
  const sum = shallowRef<SelectionSum | null>(null)
  const fault = ref('')
  let latest = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function select(next: GridSelection | null): void {
    selection.value = next
    sum.value = null
    fault.value = ''
    latest++
    clearTimeout(timer)
    if (next && next.last > next.first) timer = setTimeout(() => void ask(next, latest), debounce)
  }

  async function ask(asked: GridSelection, number: number): Promise<void> {
    try {
      const answer = await add(asked)
      if (number === latest) sum.value = answer
    } catch (reason) {
      if (number === latest) fault.value = `合计失败：${faultText(toFault(reason)).what}`
    }
  }

  onScopeDispose(() => clearTimeout(timer))
  return { selection, sum, fault, select }
}

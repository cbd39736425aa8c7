import { computed, ref } from 'vue'
import type { Ref } from 'vue'
import { attempt } from '@/components/notify'

/** A list whose rows have details. */
export interface RowList<T> {
  total(): number
  /** A row by its place in the list, on screen or not. */
  rowAt(index: number): Promise<T | undefined>
}

/** Which row's details are open, and the way to the next one without closing them. */
export function useRowDetail<T>(list: Ref<RowList<T> | undefined>, idOf: (row: T) => number) {
  const isOpen = ref(false)
  const id = ref(0)
  const index = ref(-1)

  const hasBefore = computed(() => index.value > 0)
  const hasAfter = computed(() => index.value >= 0 && index.value < (list.value?.total() ?? 0) - 1)

  function show(row: T, at: number): void {
    id.value = idOf(row)
    index.value = at
    isOpen.value = true
  }

  async function step(by: 1 | -1): Promise<void> {
    const at = index.value + by
    await attempt(async () => {
      const row = await list.value!.rowAt(at)
      if (row) show(row, at)
    })
  }

  return { isOpen, id, index, hasBefore, hasAfter, show, step }
}

/** What a drawer needs of it, whatever the rows are. */
export type RowDetail = Pick<ReturnType<typeof useRowDetail>, 'isOpen' | 'id' | 'hasBefore' | 'hasAfter' | 'step'>

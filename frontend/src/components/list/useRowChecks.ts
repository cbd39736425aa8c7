import { computed, ref, shallowRef } from 'vue'
import type { Ref } from 'vue'
import { allTicked, countTicked, headerTick, isTicked, nothingTicked, withTicks } from '@/lib/rowSelection'
import type { RowSelection } from '@/lib/rowSelection'

/** As much as Go gives at once. */
const windowRows = 500

/** Ticks of a list's rows. `fetchRows` gives rows that are not on screen, for a run of ticks that began far away. */
export function useRowChecks<T>(
  idOf: (row: T) => number,
  nameOf: (row: T) => string,
  total: Ref<number>,
  fetchRows: (offset: number, limit: number) => Promise<T[]>,
) {
  const selection = shallowRef<RowSelection>(nothingTicked)
  const busy = ref(false)
  let anchor = -1

  const count = computed(() => countTicked(selection.value, total.value))
  const header = computed(() => headerTick(selection.value, total.value))

  function toggle(row: T, index: number): void {
    const id = idOf(row)
    selection.value = withTicks(selection.value, [id], !isTicked(selection.value, id))
    anchor = index
  }

  /** Everything from the row that was ticked last up to this one becomes as that one is. */
  async function extend(row: T, index: number): Promise<void> {
    if (anchor < 0) return toggle(row, index)
    const ticked = !isTicked(selection.value, idOf(row))
    await set(Math.min(anchor, index), Math.max(anchor, index), ticked)
    anchor = index
  }

  /** Ticks a run of rows, first and last included, wherever they are. */
  async function set(first: number, last: number, ticked: boolean): Promise<void> {
    const before = selection.value
    busy.value = true
    try {
      const ids: number[] = []
      for (let offset = first; offset <= last; offset += windowRows) {
        const rows = await fetchRows(offset, Math.min(windowRows, last - offset + 1))
        ids.push(...rows.map(idOf))
      }
      // Another filter in the meantime made these positions mean something else.
      if (selection.value === before) selection.value = withTicks(before, ids, ticked)
    } finally {
      busy.value = false
    }
  }

  function toggleAll(): void {
    selection.value = header.value === 'all' ? nothingTicked : allTicked
    anchor = -1
  }

  function clear(): void {
    selection.value = nothingTicked
    anchor = -1
  }

  return {
    selection,
    count,
    header,
    busy,
    idOf,
    nameOf,
    isTicked: (row: T) => isTicked(selection.value, idOf(row)),
    toggle,
    extend,
    set,
    toggleAll,
    clear,
  }
}

import { ref, shallowRef } from 'vue'
import { toFault } from '@/api'
import type { BillQuery, Fault, Totals } from '@/api'
import type { RowSource } from '@/components/grid/types'
import { RowWindow } from '@/lib/rowWindow'

interface Page<T> {
  rows: T[]
  totals: Totals
}

export type FetchPage<T> = (query: BillQuery, offset: number, limit: number) => Promise<Page<T>>

/** The rows of one bill list in windows, with the totals that every window brings along. */
export function useBillRows<T>(fetchPage: FetchPage<T>) {
  const totals = shallowRef<Totals | null>(null)
  /** The whole list failed: not even its first window is here. */
  const fault = ref<Fault | null>(null)
  const tick = ref(0)
  /** Quiet reloads count here: positions may mean other rows now. */
  const reloads = ref(0)
  let query: BillQuery | null = null
  let shownFirst = 0
  let shownLast = 0

  const rows = new RowWindow<T>(fetchWindow, () => tick.value++)

  async function fetchWindow(offset: number, limit: number): Promise<T[]> {
    const asked = query!
    try {
      const page = await fetchPage(asked, offset, limit)
      if (asked === query) {
        totals.value = page.totals
        fault.value = null
      }
      return page.rows
    } catch (reason) {
      if (asked === query && totals.value === null) fault.value = toFault(reason)
      throw reason
    }
  }

  /** Another list: forgets the rows of the old one. `first` is the row its page starts with. */
  function show(next: BillQuery, first: number): void {
    query = next
    totals.value = null
    fault.value = null
    rows.clear()
    need(first, first)
  }

  /** The same list over new data; what is on screen stays until the new rows are here. */
  function reload(): void {
    if (!query) return
    query = { ...query }
    reloads.value++
    rows.markStale()
    need(shownFirst, shownLast)
  }

  function need(first: number, last: number): void {
    shownFirst = first
    shownLast = last
    rows.need(first, last)
  }

  function retry(): void {
    fault.value = null
    rows.retry()
  }

  const source: RowSource<T> = {
    at: (index) => rows.at(index),
    failed: (index) => rows.failed(index),
    need,
    retry,
    get tick() {
      return tick.value
    },
    get anyFailed() {
      return rows.anyFailed
    },
  }

  return { totals, fault, reloads, source, show, reload, retry }
}

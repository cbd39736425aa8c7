import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Ref } from 'vue'
import { toFault } from '@/api'
import type { Fault } from '@/api'
import type { RowSource } from '@/components/grid/types'
import { RowWindow } from '@/lib/rowWindow'

/** What every window of a list brings along: at least how many rows all of it has. */
export interface ListTotals {
  rows: number
}

export type FetchPage<T, Q, S extends ListTotals> = (
  query: Q,
  offset: number,
  limit: number,
) => Promise<{ rows: T[]; totals: S }>

/** So long the rows of the last query stay while those of the next are awaited: a list that is searched by typing must not flicker. */
const keptOnScreen = 250

/** The rows of one list in windows, with the totals that every window brings along. */
export function useListRows<T, Q extends object, S extends ListTotals>(fetchPage: FetchPage<T, Q, S>) {
  // Not ref(): the generic type would be unwrapped, and totals are replaced as a whole anyway.
  const totals: Ref<S | null> = shallowRef(null)
  /** The whole list failed: not even its first window is here. */
  const fault = ref<Fault | null>(null)
  const tick = ref(0)
  /** Quiet reloads count here: positions may mean other rows now. */
  const reloads = ref(0)
  /** What is on screen answers the query that was asked last. */
  const isCurrent = ref(false)
  let query: Q | null = null
  let shownFirst = 0
  let shownLast = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let rows = new RowWindow<T>(fetchWindow, () => tick.value++)
  let next: RowWindow<T> | null = null

  async function fetchWindow(offset: number, limit: number): Promise<T[]> {
    const asked = query!
    try {
      const page = await fetchPage(asked, offset, limit)
      if (asked === query) {
        turnOver()
        totals.value = page.totals
        fault.value = null
        isCurrent.value = true
      }
      return page.rows
    } catch (reason) {
      if (asked === query && !isCurrent.value) {
        turnOver()
        totals.value = null
        fault.value = toFault(reason)
      }
      throw reason
    }
  }

  /** Puts the rows of the query that was asked last on screen, in the place of those before. */
  function turnOver(): void {
    clearTimeout(timer)
    if (!next) return
    rows = next
    next = null
    tick.value++
    rows.need(shownFirst, shownLast)
  }

  function forgetOld(): void {
    totals.value = null
    turnOver()
  }

  /** Another list: forgets the rows of the old one, at the latest after a moment. `first` is the row its page starts with. */
  function show(asked: Q, first: number): void {
    query = asked
    fault.value = null
    isCurrent.value = false
    shownFirst = shownLast = first
    next = new RowWindow<T>(fetchWindow, () => tick.value++)
    clearTimeout(timer)
    if (totals.value === null) turnOver()
    else timer = setTimeout(forgetOld, keptOnScreen)
    ;(next ?? rows).need(first, first)
  }

  /** The same list over new data; what is on screen stays until the new rows are here. */
  function reload(): void {
    if (!query) return
    query = { ...query }
    reloads.value++
    const asked = next ?? rows
    asked.markStale()
    asked.need(shownFirst, shownLast)
  }

  function need(first: number, last: number): void {
    shownFirst = first
    shownLast = last
    // The old rows are on their way out: nothing more is fetched for them.
    if (!next) rows.need(first, last)
  }

  function retry(): void {
    fault.value = null
    rows.retry()
  }

  onScopeDispose(() => clearTimeout(timer))

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

  return { totals, fault, reloads, isCurrent, source, show, reload, retry }
}

import { computed, ref, toValue } from 'vue'
import type { ComputedRef, MaybeRefOrGetter } from 'vue'
import { settings } from '@/api'
import { loadSetting, saveSetting } from '@/stores/setting'
import type { GridColumn } from './types'

interface Layout {
  order: string[]
  hidden: string[]
  widths: Record<string, number>
}

export const minimumWidth = 60
const maximumWidth = 900

/** Order, visibility and widths of a grid's columns, kept per account under the grid's name. */
export function useColumns<T>(name: string, columns: MaybeRefOrGetter<GridColumn<T>[]>) {
  const key = `grid.${name}`
  const emptyLayout = (): Layout => ({
    order: [],
    hidden: toValue(columns)
      .filter((column) => column.isHidden)
      .map((column) => column.key),
    widths: {},
  })
  const layout = ref<Layout>(emptyLayout())

  /** Columns of a later version stand at the end; those of an earlier one are forgotten. */
  const ordered: ComputedRef<GridColumn<T>[]> = computed(() => {
    const place = (column: GridColumn<T>) => {
      const index = layout.value.order.indexOf(column.key)
      return index < 0 ? layout.value.order.length + toValue(columns).indexOf(column) : index
    }
    return [...toValue(columns)].sort((a, b) => place(a) - place(b))
  })
  const visible = computed(() => ordered.value.filter((column) => !layout.value.hidden.includes(column.key)))

  /** Until somebody sets a width the columns fill the grid; then each keeps its pixels and the rest stays free. */
  const template = computed(() => {
    const widths = layout.value.widths
    const isSet = Object.keys(widths).length > 0
    const tracks = visible.value.map((column) =>
      isSet ? `${widths[column.key] ?? column.width}px` : `minmax(${column.width}px, ${column.width}fr)`,
    )
    return isSet ? `${tracks.join(' ')} minmax(0, 1fr)` : tracks.join(' ')
  })
  const minimum = computed(() =>
    visible.value.reduce((sum, column) => sum + (layout.value.widths[column.key] ?? column.width), 0),
  )

  async function load(): Promise<void> {
    const saved = await loadSetting<Partial<Layout>>(settings, key)
    if (saved) layout.value = checked(saved)
  }

  function change(next: Partial<Layout>): void {
    layout.value = { ...layout.value, ...next }
    saveSetting(settings, key, layout.value)
  }

  /** `measured` are the widths on screen now: the first width that is set freezes the others where they are. */
  function resize(columnKey: string, width: number, measured: Record<string, number>): void {
    const bounded = Math.round(Math.min(maximumWidth, Math.max(minimumWidth, width)))
    layout.value = { ...layout.value, widths: { ...measured, ...layout.value.widths, [columnKey]: bounded } }
  }

  function keep(): void {
    saveSetting(settings, key, layout.value)
  }

  function setHidden(columnKey: string, hidden: boolean): void {
    const others = layout.value.hidden.filter((entry) => entry !== columnKey)
    change({ hidden: hidden ? [...others, columnKey] : others })
  }

  function move(columnKey: string, by: -1 | 1): void {
    const order = ordered.value.map((column) => column.key)
    const from = order.indexOf(columnKey)
    const to = from + by
    if (from < 0 || to < 0 || to >= order.length) return
    ;[order[from], order[to]] = [order[to]!, order[from]!]
    change({ order })
  }

  return {
    ordered,
    visible,
    template,
    minimum,
    load,
    resize,
    keep,
    setHidden,
    move,
    reset: () => change(emptyLayout()),
  }
}

export type ColumnLayout<T> = ReturnType<typeof useColumns<T>>

/** What choosing and ordering columns needs: those of a grid, or of a part of a document. */
export interface ColumnChoice {
  ordered: { value: { key: string; title: string }[] }
  visible: { value: { key: string }[] }
  setHidden(key: string, hidden: boolean): void
  move(key: string, by: -1 | 1): void
  reset(): void
}

/** What another version kept may hold anything. */
function checked(saved: Partial<Layout>): Layout {
  const texts = (value: unknown) =>
    Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : []
  const widths = Object.entries(saved.widths ?? {}).filter(
    ([, width]) => Number.isFinite(width) && width >= minimumWidth,
  )
  return { order: texts(saved.order), hidden: texts(saved.hidden), widths: Object.fromEntries(widths) }
}

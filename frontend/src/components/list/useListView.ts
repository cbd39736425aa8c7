import { computed, ref, watch } from 'vue'
import type { ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { LocationQuery, LocationQueryRaw, LocationQueryValue } from 'vue-router'
import { settings, toFault } from '@/api'
import type { Fault } from '@/api'
import { loadSetting, saveSetting } from '@/stores/setting'

/** A filter with order and page: everything that the address of a list holds. */
export interface ListView<F> {
  form: F
  sort: string
  descending: boolean
  page: number
}

/** How the filter of a list is written into an address. */
export interface FormCodec<F> {
  /** Null when the address names no filter: then it is not the address of a list yet. */
  read(address: LocationQuery): F | null
  write(form: F): LocationQueryRaw
  /** What the filter is at first; with one that is there, what of it is no filter, such as a tab, stays. */
  defaults(now?: F): F
  /** What of a remembered filter comes back on the next visit; null: the defaults do. */
  remembered?(form: F): F | null
  /** Asks for what the defaults depend on. */
  prepare?(): Promise<void>
}

export function viewFromAddress<F>(codec: FormCodec<F>, address: LocationQuery): ListView<F> | null {
  const form = codec.read(address)
  if (form === null) return null
  return {
    form,
    sort: textIn(address.sort),
    descending: textIn(address.desc) === '1',
    page: Math.max(1, wholeNumber(textIn(address.page))),
  }
}

/** The address of a view; what is at its default is left out. */
export function addressOf<F>(codec: FormCodec<F>, view: ListView<F>): LocationQueryRaw {
  const address = codec.write(view.form)
  if (view.sort) address.sort = view.sort
  if (view.sort && view.descending) address.desc = '1'
  if (view.page > 1) address.page = view.page
  return address
}

export function textIn(value: LocationQueryValue | LocationQueryValue[] | undefined): string {
  return typeof value === 'string' ? value : ''
}

export function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0
}

/** What RecordList needs of a view; useListView makes it, and a list within a dialog has one of its own. */
export interface ListViewState<F> {
  view: ComputedRef<ListView<F> | null>
  fault: ComputedRef<Fault | null>
  open(): Promise<void>
  show(next: ListView<F>, replace?: boolean): Promise<void>
  defaults(now?: F): F
}

/**
 * The view of a list lives in the page's address, so that 返回 works; without one the last filter comes back, and on the very first
 * visit the defaults. `name` is both the route's and the setting's.
 */
export function useListView<F>(name: string, codec: FormCodec<F>): ListViewState<F> {
  const route = useRoute()
  const router = useRouter()
  const fault = ref<Fault | null>(null)
  const view = computed(() => (route.name === name ? viewFromAddress(codec, route.query) : null))
  const settingKey = `filter.${name}`

  /** Makes sure that there is a view; the address then starts the list. */
  async function open(): Promise<void> {
    fault.value = null
    try {
      await codec.prepare?.()
    } catch (reason) {
      fault.value = toFault(reason)
      return
    }
    if (view.value) return
    const saved = await loadSetting<Record<string, string>>(settings, settingKey)
    const last = saved && codec.read(saved)
    const kept = last && codec.remembered ? codec.remembered(last) : last
    const form = kept ?? codec.defaults()
    if (route.name === name && !view.value) await show({ form, sort: '', descending: false, page: 1 }, true)
  }

  async function show(next: ListView<F>, replace = false): Promise<void> {
    const target = { name, query: addressOf(codec, next) }
    await (replace ? router.replace(target) : router.push(target))
  }

  watch(view, (next) => {
    if (next) saveSetting(settings, settingKey, addressOf(codec, { ...next, sort: '', descending: false, page: 1 }))
  })
  // A click on the navigation leads to the bare address: the list returns to its last filter.
  watch(
    () => route.fullPath,
    () => route.name === name && !view.value && void open(),
  )

  return { view, fault: computed(() => fault.value), open, show, defaults: (now) => codec.defaults(now) }
}

/** The view of a list that is no page of its own: it is forgotten with the list. */
export function useLocalView<F>(first: () => F): ListViewState<F> {
  const view = ref<ListView<F>>() as { value: ListView<F> | undefined }
  return {
    view: computed(() => view.value ?? null),
    fault: computed(() => null),
    async open() {
      view.value ??= { form: first(), sort: '', descending: false, page: 1 }
    },
    async show(next) {
      view.value = next
    },
    defaults: first,
  }
}

import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { bills, settings, toFault } from '@/api'
import type { Fault, Span } from '@/api'
import { loadSetting, saveSetting } from '@/stores/setting'
import { addressOf, defaultForm, viewFromAddress } from './billQuery'
import type { BillForm, BillView } from './billQuery'

/**
 * The view of a bill list lives in the page's address, so that 返回 works; without one the last filter comes back, and on the very first
 * visit the defaults. `name` is both the route's and the setting's.
 */
export function useBillView(name: 'statistics' | 'lines') {
  const route = useRoute()
  const router = useRouter()
  const span = ref<Span>({ first: '', last: '', lastFinal: '' })
  const fault = ref<Fault | null>(null)
  const view = computed(() => (route.name === name ? viewFromAddress(route.query) : null))
  const settingKey = `filter.${name}`

  async function loadSpan(): Promise<void> {
    fault.value = null
    try {
      span.value = await bills.span()
    } catch (reason) {
      fault.value = toFault(reason)
    }
  }

  /** Makes sure that there is a view; the address then starts the list. */
  async function open(): Promise<void> {
    await loadSpan()
    if (fault.value || view.value) return
    const saved = await loadSetting<Record<string, string>>(settings, settingKey)
    const form = (saved && viewFromAddress(saved)?.form) || defaults()
    if (route.name === name)
      await show({ form: { ...form, vehicle: null }, sort: '', descending: false, page: 1 }, true)
  }

  function defaults(): BillForm {
    return defaultForm(span.value, Date.now())
  }

  async function show(next: BillView, replace = false): Promise<void> {
    const target = { name, query: addressOf(next) }
    await (replace ? router.replace(target) : router.push(target))
  }

  watch(view, (next) => {
    if (next) saveSetting(settings, settingKey, addressOf({ ...next, sort: '', descending: false, page: 1 }))
  })
  // A click on the navigation leads to the bare address: the list returns to its last filter.
  watch(
    () => route.fullPath,
    () => route.name === name && !view.value && void open(),
  )

  return { view, span, fault, open, loadSpan, show, defaults }
}

import { computed, ref } from 'vue'
import type { Ref } from 'vue'
import { saved, settings } from '@/api'
import type { QuickRange } from '@/lib/days'
import { useOrderStore } from '@/stores/order'
import { loadSetting, saveSetting } from '@/stores/setting'
import { groupIds, isSameState, readView, stateOf, writeView } from './analysisViews'
import type { AnalysisState, AnalysisView } from './analysisViews'

const kind = 'analysisView'
const activeKey = 'analysis.view'

export interface NamedView {
  name: string
  /** Null when it cannot be read. */
  view: AnalysisView | null
}

/** 我的视图: what the user keeps by name of an analysis, which of it was chosen last, and whether it was changed since. */
export function useAnalysisViews(state: Ref<AnalysisState | null>) {
  const order = useOrderStore()
  const views = ref<NamedView[]>([])
  const activeName = ref('')

  const active = computed(() => views.value.find((each) => each.name === activeName.value) ?? null)
  const isChanged = computed(() => {
    const view = active.value?.view
    return !!view && !!state.value && !isSameState(stateOf(view, Date.now()), state.value)
  })

  async function load(): Promise<void> {
    const entries = await saved.list(kind)
    views.value = entries.map(({ name, body }) => ({ name, view: readView(body) }))
  }

  async function open(): Promise<void> {
    activeName.value = (await loadSetting<string>(settings, activeKey)) ?? ''
    await load()
  }

  function activate(name: string): void {
    activeName.value = name
    saveSetting(settings, activeKey, name)
  }

  /** Keeps what is on screen under a name; with `moves` its days follow the calendar. */
  async function keep(name: string, moves: QuickRange | ''): Promise<string> {
    const now = state.value!
    const names = groupIds(now.form).map((id) => [String(id), order.nameOf(id) || active.value?.view?.groupNames[id]])
    const groupNames = Object.fromEntries(names.filter(([, known]) => known)) as Record<string, string>
    const kept = await saved.put(kind, name, writeView({ ...now, moves, groupNames }))
    await load()
    activate(kept)
    return kept
  }

  async function rename(from: string, to: string): Promise<string> {
    const kept = await saved.rename(kind, from, to)
    await load()
    if (activeName.value === from) activate(kept)
    return kept
  }

  /** Forgets a view; the answer brings it back, unless another one took the name. */
  async function remove(name: string): Promise<() => Promise<boolean>> {
    const body = (await saved.list(kind)).find((entry) => entry.name === name)?.body
    await saved.remove(kind, name)
    await load()
    const wasActive = activeName.value === name
    if (wasActive) activate('')
    return async () => {
      if (!body || views.value.some((each) => each.name === name)) return false
      await saved.put(kind, name, body)
      await load()
      if (wasActive) activate(name)
      return true
    }
  }

  return { views, active, activeName, isChanged, open, activate, keep, rename, remove }
}

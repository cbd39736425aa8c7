import { defineStore } from 'pinia'
import { computed, reactive, ref, watch } from 'vue'
import { settings } from '@/api'
import { loadSetting, saveSetting } from './setting'

export type Theme = 'light' | 'dark' | 'system'
export type ListMode = 'pages' | 'scroll'

export const pageSizes = [10, 20, 50, 100]

interface Preferences {
  theme: Theme
  navFolded: boolean
  listMode: ListMode
  pageSize: number
}

const key = 'preferences'
const defaults: Preferences = { theme: 'system', navFolded: false, listMode: 'pages', pageSize: 10 }

export const usePreferencesStore = defineStore('preferences', () => {
  const values = reactive<Preferences>({ ...defaults })
  const systemIsDark = ref(false)
  const isDark = computed(() => values.theme === 'dark' || (values.theme === 'system' && systemIsDark.value))
  let loading = false

  async function load(): Promise<void> {
    loading = true
    try {
      Object.assign(values, checked(await loadSetting<Partial<Preferences>>(settings, key)))
    } finally {
      loading = false
    }
  }

  function followSystem(): void {
    const query = window.matchMedia('(prefers-color-scheme: dark)')
    systemIsDark.value = query.matches
    query.addEventListener('change', (event) => (systemIsDark.value = event.matches))
  }

  watch(isDark, (dark) => document.documentElement.classList.toggle('dark', dark), { immediate: true })
  watch(values, () => !loading && saveSetting(settings, key, values), { deep: true, flush: 'sync' })

  return { values, isDark, load, followSystem }
})

/** What an older or newer version kept may hold anything. */
function checked(saved: Partial<Preferences> | null): Preferences {
  const theme = saved?.theme
  return {
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    navFolded: saved?.navFolded === true,
    listMode: saved?.listMode === 'scroll' ? 'scroll' : 'pages',
    pageSize: pageSizes.includes(saved?.pageSize ?? 0) ? saved!.pageSize! : defaults.pageSize,
  }
}

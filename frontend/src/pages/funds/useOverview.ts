import { computed, onBeforeUnmount, onMounted, ref, watch } from 'vue'
import { funds as api, toFault } from '@/api'
import type { Fault, FundsOverview } from '@/api'
import { useFundsStore } from '@/stores/funds'
import { useSyncStore } from '@/stores/sync'

/** What the hall says may be done now, at the hall's clock. It is asked anew when money moved and when the hours change. */
export function useOverview() {
  const funds = useFundsStore()
  const sync = useSyncStore()
  const overview = ref<FundsOverview | null>(null)
  const fault = ref<Fault | null>(null)
  const isLoading = ref(false)
  /** How far the hall's clock is ahead of this computer's, which may be wrong. */
  let ahead = 0
  const now = ref(Date.now())
  let ticking: ReturnType<typeof setInterval> | undefined
  let latest = 0

  const changesAt = computed(() => (overview.value ? Date.parse(overview.value.changesAt) : 0))
  const untilChange = computed(() => Math.max(0, changesAt.value - now.value))

  async function load(): Promise<void> {
    const number = ++latest
    isLoading.value = true
    try {
      const next = await api.overview()
      if (number !== latest) return
      ahead = Date.parse(next.serverTime) - Date.now()
      now.value = Date.now() + ahead
      overview.value = next
      fault.value = null
      await funds.load()
    } catch (reason) {
      if (number === latest) fault.value = toFault(reason)
    } finally {
      if (number === latest) isLoading.value = false
    }
  }

  function tick(): void {
    const before = untilChange.value
    now.value = Date.now() + ahead
    if (before > 0 && untilChange.value === 0) void load()
  }

  watch(
    () => [funds.moves, sync.isRunning ? -1 : sync.revision, sync.badge === 'offline'] as const,
    ([, revision]) => revision !== -1 && void load(),
  )
  onMounted(() => {
    ticking = setInterval(tick, 1000)
    void load()
  })
  onBeforeUnmount(() => {
    latest++
    clearInterval(ticking)
  })

  return { overview, fault, isLoading, untilChange, load }
}

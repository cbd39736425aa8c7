import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { onSync, sync as api, toFault } from '@/api'
import type { SyncStatus } from '@/api'
import { useSessionStore } from './session'

/** An event can be lost; asking now and then puts a wrong last word right. */
const pollWhileRunning = 2_000
const pollWhileIdle = 30_000

export type BadgeKind = 'synced' | 'running' | 'offline' | 'failed' | 'expired' | 'never'

export const useSyncStore = defineStore('sync', () => {
  const session = useSessionStore()
  const status = ref<SyncStatus | null>(null)
  const callFault = ref<string>('')
  let unsubscribe: (() => void) | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  const isRunning = computed(() => status.value !== null && status.value.phase !== 'idle')
  const hasData = computed(() => (status.value?.lastSyncedAt ?? '') !== '')
  const revision = computed(() => status.value?.revision ?? 0)
  const errorCode = computed(() => callFault.value || (status.value?.errorCode ?? ''))
  /** Whole percent, never 100 before the end; null while the amount of work is not known. */
  const percent = computed(() => {
    const { done = 0, total = 0 } = status.value ?? {}
    return total > 0 ? Math.min(99, Math.floor((done / total) * 100)) : null
  })
  const badge = computed<BadgeKind>(() => {
    if (isRunning.value) return 'running'
    if (session.needsNewSignIn || errorCode.value === 'sign_in_needed') return 'expired'
    if (errorCode.value === 'hall_unreachable' && hasData.value) return 'offline'
    if (errorCode.value !== '' && errorCode.value !== 'cancelled') return 'failed'
    return hasData.value ? 'synced' : 'never'
  })

  function adopt(next: SyncStatus): void {
    // The answer to a start can tell of the time before it, and come when the sync has ended.
    if (status.value && next.step < status.value.step) return schedule()
    const ended = isRunning.value && next.phase === 'idle'
    status.value = next
    callFault.value = ''
    if (ended) void refreshSession()
    schedule()
  }

  /** A sync may end because the hall ended the session. */
  async function refreshSession(): Promise<void> {
    try {
      await session.refreshState()
    } catch (reason) {
      callFault.value = toFault(reason).code
    }
  }

  async function ask(work: () => Promise<SyncStatus>): Promise<void> {
    try {
      adopt(await work())
    } catch (reason) {
      callFault.value = toFault(reason).code
      schedule()
    }
  }

  function schedule(): void {
    clearTimeout(timer)
    if (!unsubscribe) return
    timer = setTimeout(() => void ask(api.status), isRunning.value ? pollWhileRunning : pollWhileIdle)
  }

  /** Subscribes once, however often it is called. */
  async function connect(): Promise<void> {
    unsubscribe ??= onSync(adopt)
    await ask(api.status)
  }

  function disconnect(): void {
    unsubscribe?.()
    unsubscribe = null
    clearTimeout(timer)
    status.value = null
    callFault.value = ''
  }

  return {
    status,
    isRunning,
    hasData,
    revision,
    errorCode,
    percent,
    badge,
    connect,
    disconnect,
    start: () => ask(api.start),
    cancel: () => ask(api.cancel),
  }
})

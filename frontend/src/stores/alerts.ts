import { defineStore } from 'pinia'
import { ref } from 'vue'
import { alerts as api, onAlerts } from '@/api'
import type { AlertSettings, AlertSummary } from '@/api'

const nothing: AlertSummary = { open: 0, urgent: 0, fresh: 0, dueSoon: 0 }

/** What the bell shows. */
export const useAlertsStore = defineStore('alerts', () => {
  const summary = ref<AlertSummary>(nothing)
  /** Rises with every change, for the list of alerts. */
  const changes = ref(0)
  let unsubscribe: (() => void) | null = null
  let announce: (fresh: number) => void = () => {}

  function adopt(next: AlertSummary): void {
    summary.value = next
    changes.value++
  }

  /** Only the event tells of what a sync has just found; asking later gives the same figures once more. */
  function onEvent(next: AlertSummary): void {
    adopt(next)
    if (next.fresh > 0) announce(next.fresh)
  }

  async function load(): Promise<void> {
    adopt(await api.summary())
  }

  /** Subscribes once. `onFresh` hears how many alerts a sync has just found. */
  function connect(onFresh: (fresh: number) => void): void {
    announce = onFresh
    unsubscribe ??= onAlerts(onEvent)
  }

  function disconnect(): void {
    unsubscribe?.()
    unsubscribe = null
    summary.value = nothing
  }

  /** Without ids: all open ones. */
  async function acknowledge(ids: number[]): Promise<void> {
    adopt(await api.acknowledge(ids))
  }

  async function keepSettings(next: AlertSettings): Promise<void> {
    await api.setSettings(next)
  }

  return { summary, changes, load, connect, disconnect, acknowledge, keepSettings }
})

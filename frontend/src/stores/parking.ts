import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { onParking, parking as api } from '@/api'
import type { Batch, Target } from '@/api'

/** Batches of parking authorisations: the one that runs, and those before. */
export const useParkingStore = defineStore('parking', () => {
  const batches = ref<Batch[]>([])
  /** Rises with every change, for the lists behind them. */
  const changes = ref(0)
  let unsubscribe: (() => void) | null = null

  const running = computed(() => batches.value.find((batch) => batch.state === 'running') ?? null)

  /**
   * Absolute states in any order: progress never goes back. A batch that ended runs again only when it is continued, with fewer that
   * have no answer.
   */
  function adopt(next: Batch): void {
    const known = batches.value.find((batch) => batch.id === next.id)
    if (known && next.pending > known.pending) return
    if (known && known.state === 'done' && next.state === 'running') return
    if (known) Object.assign(known, next)
    else batches.value = [next, ...batches.value].sort((a, b) => b.id - a.id)
    changes.value++
  }

  async function load(): Promise<void> {
    batches.value = await api.batches()
    changes.value++
  }

  /** Subscribes once. */
  function connect(): void {
    unsubscribe ??= onParking(adopt)
  }

  function disconnect(): void {
    unsubscribe?.()
    unsubscribe = null
    batches.value = []
  }

  const begin = async (work: () => Promise<Batch>): Promise<Batch> => {
    const batch = await work()
    adopt(batch)
    return batch
  }

  return {
    batches,
    changes,
    running,
    adopt,
    load,
    connect,
    disconnect,
    authorize: (authorized: boolean, target: Target) => begin(() => api.authorize(authorized, target)),
    continueBatch: (id: number) => begin(() => api.continueBatch(id)),
    retry: (id: number) => begin(() => api.retry(id)),
    stop: (id: number) => begin(() => api.stop(id)),
  }
})

/** Vehicles that have their answer, whatever it is. */
export function answeredOf(batch: Batch): number {
  return batch.total - batch.pending
}

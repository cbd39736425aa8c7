import { defineStore } from 'pinia'
import { reactive } from 'vue'
import { fleet } from '@/api'
import type { Revealed, RevealKind } from '@/api'

/** How long something stays to be seen once it was asked for. */
export const shownFor = 30_000

/** Card and tag numbers and balances that are shown for the moment. Go notes each look in 查看记录. */
export const useRevealedStore = defineStore('revealed', () => {
  const shown = reactive(new Map<string, Revealed>())
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  async function show(kind: RevealKind, id: number): Promise<void> {
    const key = keyOf(kind, id)
    shown.set(key, await fleet.reveal(kind, id))
    clearTimeout(timers.get(key))
    timers.set(
      key,
      setTimeout(() => shown.delete(key), shownFor),
    )
  }

  function value(kind: RevealKind, id: number): Revealed | undefined {
    return shown.get(keyOf(kind, id))
  }

  return { shown, show, value, hideAll: () => shown.clear() }
})

function keyOf(kind: RevealKind, id: number): string {
  return `${kind}:${id}`
}

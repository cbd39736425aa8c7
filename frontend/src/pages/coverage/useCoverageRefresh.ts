import { computed, onScopeDispose, ref } from 'vue'
import { coverage, Fault, toFault } from '@/api'
import type { CoverageFilter } from '@/api'

/**
 * Holds trips against their invoices before a list can be read, a moment at a time: what is done stays done, so that 取消 loses nothing and
 * another page may be looked at meanwhile.
 */
export function useCoverageRefresh() {
  const left = ref(0)
  const most = ref(0)
  let turn = 0

  const isRunning = computed(() => left.value > 0)
  const percent = computed(() => (most.value === 0 ? 0 : Math.floor((1 - left.value / most.value) * 100)))

  async function refresh(filter: CoverageFilter): Promise<void> {
    const mine = ++turn
    most.value = 0
    do {
      const now = await coverage.refresh(filter)
      if (mine !== turn) throw new Fault('cancelled', 'the refresh was given up')
      left.value = now
      most.value = Math.max(most.value, now)
    } while (left.value > 0)
  }

  /** Does work on trips of a filter, and what must be done before it. */
  async function readied<A>(filter: CoverageFilter, work: () => Promise<A>): Promise<A> {
    for (;;) {
      try {
        return await work()
      } catch (reason) {
        if (toFault(reason).code !== 'coverage_stale') throw reason
      }
      await refresh(filter)
    }
  }

  function cancel(): void {
    turn++
    left.value = 0
  }

  onScopeDispose(cancel)

  return { isRunning, percent, readied, cancel }
}

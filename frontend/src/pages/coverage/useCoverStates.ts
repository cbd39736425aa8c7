import { onMounted, ref } from 'vue'
import { coverage } from '@/api'
import type { CoverageState } from '@/api'
import { attempt } from '@/components/notify'

/** The states of trips with their names and rules, which Go has. */
export function useCoverStates() {
  const states = ref<CoverageState[]>([])
  onMounted(() =>
    attempt(async () => {
      states.value = await coverage.states()
    }),
  )
  return states
}

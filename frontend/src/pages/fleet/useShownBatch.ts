import { computed, onBeforeUnmount, onMounted, ref, watch } from 'vue'
import { attempt } from '@/components/notify'
import { useParkingStore } from '@/stores/parking'

/** Events can overtake each other; asking now and then puts a wrong last word right. */
const pollWhileRunning = 2_000

/** The batch that the page shows: one that runs or was broken off, until somebody closes it; or the one that was begun here. */
export function useShownBatch() {
  const parking = useParkingStore()
  const closed = ref(new Set<number>())
  const begun = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined

  const shown = computed(() => {
    const newest = parking.batches[0]
    if (!newest || closed.value.has(newest.id)) return null
    const matters = newest.state === 'running' || newest.state === 'interrupted' || newest.id === begun.value
    return matters ? newest : null
  })

  function close(): void {
    if (shown.value) closed.value = new Set([...closed.value, shown.value.id])
  }

  watch(
    () => parking.running?.id,
    (id) => {
      if (id) begun.value = id
    },
    { immediate: true },
  )
  onMounted(() => {
    void attempt(parking.load)
    timer = setInterval(() => parking.running && void attempt(parking.load), pollWhileRunning)
  })
  onBeforeUnmount(() => clearInterval(timer))

  return { shown, close }
}

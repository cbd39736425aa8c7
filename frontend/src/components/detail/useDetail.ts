import { ref, shallowRef, watch } from 'vue'
import type { Ref } from 'vue'
import { toFault } from '@/api'
import type { Fault } from '@/api'

/** Reads the details of a thing by its number while they are open; what came too late is dropped. */
export function useDetail<T>(isOpen: Ref<boolean>, id: () => number, read: (id: number) => Promise<T>) {
  const detail: Ref<T | null> = shallowRef(null)
  const fault = ref<Fault | null>(null)
  let latest = 0

  async function load(): Promise<void> {
    const number = ++latest
    fault.value = null
    try {
      const answer = await read(id())
      if (number === latest) detail.value = answer
    } catch (reason) {
      if (number !== latest) return
      detail.value = null
      fault.value = toFault(reason)
    }
  }

  watch(
    [isOpen, id],
    ([open]) => {
      if (open) void load()
      else detail.value = null
    },
    { immediate: true },
  )

  return { detail, fault, load }
}

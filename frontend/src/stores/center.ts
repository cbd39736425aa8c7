import { defineStore } from 'pinia'
import { ref } from 'vue'
import { fleet, toFault } from '@/api'
import type { Center, Fault } from '@/api'

/** 用户中心: the holder and the totals of the fleet. The navigation asks it whether there are funds. */
export const useCenterStore = defineStore('center', () => {
  const center = ref<Center | null>(null)
  const fault = ref<Fault | null>(null)

  async function load(): Promise<void> {
    try {
      center.value = await fleet.center()
      fault.value = null
    } catch (reason) {
      fault.value = toFault(reason)
    }
  }

  function forget(): void {
    center.value = null
    fault.value = null
  }

  return { center, fault, load, forget }
})

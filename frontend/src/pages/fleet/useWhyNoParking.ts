import { computed } from 'vue'
import { useWhyOffline } from '@/components/useWhyOffline'
import { useParkingStore } from '@/stores/parking'

/** Why authorisations cannot be changed now, in words; empty while it can be tried. */
export function useWhyNoParking() {
  const parking = useParkingStore()
  const whyOffline = useWhyOffline('更改授权')
  /** One batch at a time: the hall is asked vehicle by vehicle. */
  const whyNot = computed(() => whyOffline.value || (parking.running ? '正在更改授权，请等它结束或先停止' : ''))
  return { whyOffline, whyNot }
}

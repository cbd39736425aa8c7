import { computed } from 'vue'
import { useParkingStore } from '@/stores/parking'
import { useSyncStore } from '@/stores/sync'

/** Why authorisations cannot be changed now, in words; empty while it can be tried. */
export function useWhyNoParking() {
  const sync = useSyncStore()
  const parking = useParkingStore()
  /** The hall cannot be asked. */
  const whyOffline = computed(() => {
    if (sync.badge === 'offline') return '当前离线，连接不上服务营业厅；恢复网络并同步后可更改授权'
    return sync.badge === 'expired' ? '登录已过期，重新登录后可更改授权' : ''
  })
  /** One batch at a time: the hall is asked vehicle by vehicle. */
  const whyNot = computed(() => whyOffline.value || (parking.running ? '正在更改授权，请等它结束或先停止' : ''))
  return { whyOffline, whyNot }
}

import { computed } from 'vue'
import type { ComputedRef } from 'vue'
import { useSyncStore } from '@/stores/sync'

/** Why the hall cannot be asked to do something now, in words; empty while it can be tried. `what` ends the sentence: 更改授权. */
export function useWhyOffline(what: string): ComputedRef<string> {
  const sync = useSyncStore()
  return computed(() => {
    if (sync.badge === 'offline') return `当前离线，连接不上服务营业厅；恢复网络并同步后可${what}`
    return sync.badge === 'expired' ? `登录已过期，重新登录后可${what}` : ''
  })
}

import { onBeforeUnmount, onMounted } from 'vue'
import { useLockStore } from '@/stores/lock'
import { attempt } from './notify'

const signs = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'] as const

/** Locks the program after the chosen minutes without a key or the mouse; all work goes on behind the lock. */
export function useIdleLock(): void {
  const lock = useLockStore()
  let lastSign = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined
  let isLocking = false

  const note = () => (lastSign = Date.now())

  /** Compared with the clock: a computer that slept wakes up locked. */
  async function look(): Promise<void> {
    const minutes = lock.state?.idleMinutes ?? 0
    if (isLocking || !lock.state?.passphraseSet || minutes === 0) return
    if (Date.now() - lastSign < minutes * 60_000) return
    isLocking = true
    await attempt(lock.lockNow)
    isLocking = false
  }

  onMounted(() => {
    for (const sign of signs) window.addEventListener(sign, note, { passive: true, capture: true })
    timer = setInterval(() => void look(), 5000)
  })
  onBeforeUnmount(() => {
    for (const sign of signs) window.removeEventListener(sign, note, { capture: true })
    clearInterval(timer)
  })
}

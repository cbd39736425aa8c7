import { computed, ref } from 'vue'
import { toFault } from '@/api'
import { faultLine, waitText } from '@/texts'
import { useCountdown } from './useCountdown'

/** What the hall refused, as a line of the form. While it names a time to wait the line counts down. */
export function useRefusal() {
  const lock = useCountdown()
  const code = ref('')
  const text = ref('')
  const line = computed(() =>
    lock.left.value > 0 ? `输错次数过多，已暂时锁定，请在 ${waitText(lock.left.value)} 后再试。` : text.value,
  )
  const isLocked = computed(() => lock.left.value > 0)

  function show(reason: unknown): void {
    const fault = toFault(reason)
    if (fault.code === 'locked') lock.start(fault.retryAfterSeconds)
    code.value = fault.code
    text.value = faultLine(fault)
  }

  function clear(): void {
    code.value = ''
    text.value = ''
  }

  return { line, code, isLocked, show, clear }
}

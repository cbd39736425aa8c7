import { ElMessage, ElMessageBox } from 'element-plus'
import { h } from 'vue'
import { toFault } from '@/api'
import { faultLine } from '@/texts'

/** Toasts stand above the footer, whose sums they must not cover. */
const aboveFooter = { placement: 'bottom' as const, offset: 64 }

export function notifyDone(text: string): void {
  ElMessage({ message: text, type: 'success', duration: 3000, ...aboveFooter })
}

export function notifyHint(text: string): void {
  ElMessage({ message: text, type: 'warning', duration: 6000, showClose: true, ...aboveFooter })
}

/** News with a way to it; it stays long enough to be read and reached. */
export function notifyWithLink(text: string, link: string, follow: () => unknown): void {
  const message = ElMessage({
    message: () =>
      h('span', { 'data-testid': 'news' }, [
        `${text} `,
        h('button', { type: 'button', class: 'link-button', onClick: open }, link),
      ]),
    type: 'warning',
    duration: 10_000,
    showClose: true,
    ...aboveFooter,
  })
  function open(): void {
    message.close()
    follow()
  }
}

/** A failure stays until it is closed, and says what to do next. */
export function notifyFault(reason: unknown): void {
  ElMessage({ message: faultLine(toFault(reason)), type: 'error', duration: 0, showClose: true, ...aboveFooter })
}

/** Runs an action of a button; whatever goes wrong becomes a toast. The answer is false then. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (reason) {
    notifyFault(reason)
    return false
  }
}

/** Asks before something that cannot be taken back. */
export async function confirmed(title: string, text: string, action: string): Promise<boolean> {
  try {
    await ElMessageBox.confirm(text, title, { confirmButtonText: action, cancelButtonText: '取消', type: 'warning' })
    return true
  } catch {
    return false // Element rejects when somebody says no.
  }
}

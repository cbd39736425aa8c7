import { ElMessage, ElMessageBox } from 'element-plus'
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

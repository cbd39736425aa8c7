import { nextTick } from 'vue'

/** Keyboard users land where something is to be typed: at the first fault of a form, or at its first field. */
export function focusFirstFault(root: ParentNode | null | undefined): void {
  root?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}

export function focusFirstField(root: ParentNode | null | undefined): void {
  root?.querySelector<HTMLElement>('form input:not([type="radio"]):not([disabled])')?.focus()
}

/** A button that moved with what it stands in loses the focus: it gets it back, or where it can move no further, the one beside it. */
export async function followButton(event: Event): Promise<void> {
  const button = event.currentTarget as HTMLButtonElement
  await nextTick()
  const next = button.disabled ? button.parentElement?.querySelector<HTMLButtonElement>('button:enabled') : button
  next?.focus()
}

/** Keyboard users land where something is to be typed: at the first fault of a form, or at its first field. */
export function focusFirstFault(root: ParentNode | null | undefined): void {
  root?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}

export function focusFirstField(root: ParentNode | null | undefined): void {
  root?.querySelector<HTMLElement>('form input:not([type="radio"]):not([disabled])')?.focus()
}

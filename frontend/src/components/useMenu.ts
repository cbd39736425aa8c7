import { nextTick, ref, useTemplateRef, watch } from 'vue'

/**
 * A short menu behind a button, for mouse and keyboard: up and down walk its choices, Esc leads back to the button. In the template the
 * button is ref="button", and what holds the choices, each with data-choice, is ref="choices".
 */
export function useMenu() {
  const isOpen = ref(false)
  const choices = useTemplateRef<HTMLElement>('choices')
  const button = useTemplateRef<{ ref: HTMLElement | undefined }>('button')

  const all = () => [...(choices.value?.querySelectorAll<HTMLElement>('[data-choice]:not(:disabled)') ?? [])]

  /** Into the choices, once they are there. */
  async function enter(): Promise<void> {
    await nextTick()
    all()[0]?.focus()
  }

  /** Esc closes the menu wherever the focus is: it is on its way into the choices while the menu opens. */
  function onEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    close()
  }

  watch(isOpen, (open, _, onCleanup) => {
    if (!open) return
    window.addEventListener('keydown', onEscape, true)
    onCleanup(() => window.removeEventListener('keydown', onEscape, true))
  })

  function onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const list = all()
    const next = list.indexOf(event.target as HTMLElement) + step
    list[(next + list.length) % list.length]?.focus()
  }

  function close(): void {
    isOpen.value = false
    button.value?.ref?.focus()
  }

  return { isOpen, enter, onKey, close }
}

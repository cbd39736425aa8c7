import { ref } from 'vue'

/** Which invoice's documents are on screen. */
export function useInvoiceViewer() {
  const isOpen = ref(false)
  const viewed = ref({ id: 0, number: '' })

  function preview(invoice: { id: number; number: string }): void {
    viewed.value = { id: invoice.id, number: invoice.number }
    isOpen.value = true
  }

  return { isOpen, viewed, preview }
}

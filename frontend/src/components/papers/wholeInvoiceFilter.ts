import type { InvoiceFilter } from '@/api'

/** A filter that narrows nothing, for both types. */
export const wholeInvoiceFilter: InvoiceFilter = {
  type: '',
  plate: '',
  number: '',
  from: '',
  to: '',
  dateBy: '',
  vehicleId: 0,
  groupId: 0,
  ungrouped: '',
  printed: '',
}

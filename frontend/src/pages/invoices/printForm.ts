import type { InvoiceChoice, PrintOrder, Printer } from '@/api'

/** How invoices are printed, as the dialog edits it and remembers it. */
export interface PrintForm {
  perPage: number
  by: 'vehicle' | 'date' | 'number'
  cutLines: boolean
  cover: boolean
  perVehicle: boolean
  copies: number
  /** Of `targets`. */
  target: string
}

/** Where to print: a printer by its name, or one of these. */
export const toFile = 'file:pdf'
export const toFiles = 'file:zip'
const toPrinter = 'printer:'

export const printerOf = (target: string) => target.slice(toPrinter.length)
export const isPrinter = (target: string) => target.startsWith(toPrinter)

export interface PrintTarget {
  value: string
  label: string
}

/** The printers, the default one first, and the files. */
export function targetsOf(printers: Printer[], perVehicle: boolean): PrintTarget[] {
  const named = printers.map(({ name, isDefault }) => ({
    value: toPrinter + name,
    label: isDefault ? `${name}（默认）` : name,
  }))
  const files = [{ value: toFile, label: '存为一个 PDF' }]
  if (perVehicle) files.push({ value: toFiles, label: '每车存一个 PDF（zip）' })
  return [...named, ...files]
}

export const defaultForm: PrintForm = {
  perPage: 2,
  by: 'vehicle',
  cutLines: true,
  cover: true,
  perVehicle: false,
  copies: 1,
  target: '',
}

/** What was remembered, as far as it still makes sense. Copies are asked anew each time. */
export function formOfKept(kept: Partial<PrintForm> | null, printers: Printer[]): PrintForm {
  const form = { ...defaultForm, ...kept, copies: 1 }
  if (![1, 2, 4].includes(form.perPage)) form.perPage = defaultForm.perPage
  if (!['vehicle', 'date', 'number'].includes(form.by)) form.by = defaultForm.by
  form.target = targetIn(targetsOf(printers, form.perVehicle), form.target)
  return form
}

/** The target while it is there, else the first. */
export function targetIn(targets: PrintTarget[], target: string): string {
  return targets.some(({ value }) => value === target) ? target : targets[0]!.value
}

export function orderOf(form: PrintForm, choice: InvoiceChoice, before: PrintOrder['before']): PrintOrder {
  const { perPage, by, cutLines, cover, perVehicle } = form
  return { choice, perPage, by, cutLines: cutLines && perPage > 1, cover, perVehicle, before }
}

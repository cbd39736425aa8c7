import type { InvoiceQuery, InvoiceSettingQuery } from '@/api'
import { textIn, wholeNumber } from '@/components/list/useListView'
import type { FormCodec, ListView } from '@/components/list/useListView'
import { daysOfMonth, isDay, monthOfDay, quickRanges } from '@/lib/days'
import { groupFilter, isGroupChoice } from '@/lib/groupChoice'

export type InvoiceType = 'perTrip' | 'merged'

/** What the filter bar edits. `vehicle` is set by the way from a vehicle and narrows to it. */
export interface InvoiceForm {
  plate: string
  number: string
  /** First and last day of a month, '' is all months. */
  from: string
  to: string
  /** The month is that of the passage, or of the issue. */
  dateBy: 'passed' | 'issued'
  group: string
  /** '' is both. */
  printed: '' | 'printed' | 'unprinted'
  vehicle: { vehicleId: number; name: string } | null
}

const wholeList = 'all'
const keys = ['plate', 'number', 'from', 'dateBy', 'group', 'printed', 'vehicle', wholeList]

/** How the filter of 已开票 is written into an address. The first filter is last month's trips, whose merged invoices are just issued. */
export const invoiceCodec: FormCodec<InvoiceForm> = {
  read: (address) => {
    if (!keys.some((key) => key in address)) return null
    const text = (key: string) => textIn(address[key])
    const vehicleId = wholeNumber(text('vehicle'))
    const days = isDay(text('from')) ? daysOfMonth(monthOfDay(text('from'))) : { from: '', to: '' }
    return {
      plate: text('plate'),
      number: text('number'),
      ...days,
      dateBy: text('dateBy') === 'issued' ? 'issued' : 'passed',
      group: isGroupChoice(text('group')) ? text('group') : '',
      printed: printedOf(text('printed')),
      vehicle: vehicleId > 0 ? { vehicleId, name: text('name') } : null,
    }
  },
  write: ({ vehicle, dateBy, plate, number, from, group, printed }) => {
    const address: Record<string, string> = {}
    for (const [key, value] of Object.entries({ plate, number, from, group, printed })) if (value) address[key] = value
    if (dateBy === 'issued') address.dateBy = dateBy
    if (vehicle) Object.assign(address, { vehicle: String(vehicle.vehicleId), name: vehicle.name })
    return Object.keys(address).length > 0 ? address : { [wholeList]: '1' }
  },
  defaults: () => ({
    plate: '',
    number: '',
    ...quickRanges.lastMonth.at(Date.now()),
    dateBy: 'passed',
    group: '',
    printed: '',
    vehicle: null,
  }),
  remembered: (form) => (form.vehicle ? null : form),
}

function printedOf(text: string): InvoiceForm['printed'] {
  return text === 'printed' || text === 'unprinted' ? text : ''
}

export function invoiceQuery(type: InvoiceType, { form, sort, descending }: ListView<InvoiceForm>): InvoiceQuery {
  const { group, vehicle, ...texts } = form
  return { filter: { type, ...texts, vehicleId: vehicle?.vehicleId ?? 0, ...groupFilter(group) }, sort, descending }
}

export interface SettingForm {
  plate: string
}

export const settingCodec: FormCodec<SettingForm> = {
  read: (address) => ('plate' in address || wholeList in address ? { plate: textIn(address.plate) } : null),
  write: ({ plate }) => (plate ? { plate } : { [wholeList]: '1' }),
  defaults: () => ({ plate: '' }),
}

export function settingQuery({ form, sort, descending }: ListView<SettingForm>): InvoiceSettingQuery {
  return { plate: form.plate, sort, descending }
}

import type { TripFilter, TripQuery } from '@/api'
import { textIn, wholeNumber } from '@/components/list/useListView'
import type { FormCodec, ListView } from '@/components/list/useListView'
import { daysOfMonth, isDay, monthOfDay, quickRanges } from '@/lib/days'
import type { DayRange } from '@/lib/days'
import { groupFilter, isGroupChoice } from '@/lib/groupChoice'

export type TripType = 'etcExpressway' | 'otherExpressway' | 'nonExpressway'
export type RefundType = 'expressway' | 'nonExpressway'

/** What the filter bar edits. `vehicle` is set by the way from a vehicle and narrows to it. */
export interface TripForm {
  plate: string
  /** Days of the passage, YYYY-MM-DD, '' is an end without limit. */
  from: string
  to: string
  /** Refunds alone. */
  refundedFrom: string
  refundedTo: string
  /** As of lib/groupChoice. */
  group: string
  vehicle: { vehicleId: number; name: string } | null
}

/** Says in an address that a list is meant as a whole: without any word it would be the way to the last filter. */
const wholeList = 'all'

const keys = ['plate', 'from', 'to', 'refundedFrom', 'refundedTo', 'group', 'vehicle', wholeList]

/** A filter that narrows nothing: what the pages of the manual do not ask for stays as it is here. */
export const wholeTripFilter: TripFilter = {
  type: '',
  plate: '',
  from: '',
  to: '',
  refundedFrom: '',
  refundedTo: '',
  vehicleId: 0,
  groupId: 0,
  ungrouped: '',
  dateBy: '',
  plates: '',
  groups: '',
  entry: '',
  exit: '',
  entryId: 0,
  exitId: 0,
  placeId: 0,
  province: '',
  minFen: 0,
  maxFen: 0,
  weekdays: '',
  fromHour: 0,
  toHour: 0,
}

function blankForm(days: DayRange = { from: '', to: '' }): TripForm {
  return { plate: '', ...days, refundedFrom: '', refundedTo: '', group: '', vehicle: null }
}

/** How the filter of a list of trips or refunds is written into an address. */
export function tripCodec({ isByMonth = false, isOfLastMonth = false }): FormCodec<TripForm> {
  return {
    read: (address) => {
      if (!keys.some((key) => key in address)) return null
      const text = (key: string) => textIn(address[key])
      const vehicleId = wholeNumber(text('vehicle'))
      const passed = readDays(text('from'), text('to'))
      const refunded = readDays(text('refundedFrom'), text('refundedTo'))
      return {
        plate: text('plate'),
        ...(isByMonth ? wholeMonth(passed) : passed),
        refundedFrom: refunded.from,
        refundedTo: refunded.to,
        group: isGroupChoice(text('group')) ? text('group') : '',
        vehicle: vehicleId > 0 ? { vehicleId, name: text('name') } : null,
      }
    },
    write: ({ vehicle, ...texts }) => {
      const address: Record<string, string> = {}
      for (const [key, value] of Object.entries(texts)) if (value) address[key] = value
      if (vehicle) Object.assign(address, { vehicle: String(vehicle.vehicleId), name: vehicle.name })
      return Object.keys(address).length > 0 ? address : { [wholeList]: '1' }
    },
    defaults: () => blankForm(isOfLastMonth ? quickRanges.lastMonth.at(Date.now()) : undefined),
    // One vehicle's whole history was asked for from elsewhere: it is no filter that somebody set here.
    remembered: (form) => (form.vehicle ? null : form),
  }
}

/** What another version kept, or somebody typed into an address, may be anything. */
function readDays(from: string, to: string): DayRange {
  const days = { from: isDay(from) ? from : '', to: isDay(to) ? to : '' }
  return days.from && days.to && days.from > days.to ? { from: days.to, to: days.from } : days
}

function wholeMonth({ from, to }: DayRange): DayRange {
  return from && to ? daysOfMonth(monthOfDay(from)) : { from: '', to: '' }
}

export function queryOf(type: TripType | RefundType, { form, sort, descending }: ListView<TripForm>): TripQuery {
  const { group, vehicle, ...texts } = form
  const filter: TripFilter = {
    ...wholeTripFilter,
    type,
    ...texts,
    vehicleId: vehicle?.vehicleId ?? 0,
    ...groupFilter(group),
  }
  return { filter, sort, descending }
}

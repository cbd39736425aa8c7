import type { CoverageQuery } from '@/api'
import { textIn } from '@/components/list/useListView'
import type { FormCodec, ListView } from '@/components/list/useListView'
import { groupFilter, isGroupChoice } from '@/lib/groupChoice'
import { monthNumber, monthOfInstant, monthText, widen } from '@/lib/months'

/** What the filter bar of 开票核对 edits: months of the passage, or of the issue for invoices without trips. */
export interface CoverageForm {
  from: string
  to: string
  plate: string
  group: string
  /** Of trips, by the names of package coverage; '' is all. */
  state: string
}

/** The month before an instant, whose merged invoices are issued in the beginning of this one. */
export function lastMonth(now: number): string {
  return monthText(monthNumber(monthOfInstant(now))! - 1)
}

/** How the filter is written into an address: one that names no months is none. */
export const coverageCodec: FormCodec<CoverageForm> = {
  read: (address) => {
    const [from, to] = [textIn(address.from), textIn(address.to)]
    if (monthNumber(from) === null || monthNumber(to) === null) return null
    const group = textIn(address.group)
    return {
      ...widen('month', from, to),
      plate: textIn(address.plate),
      group: isGroupChoice(group) ? group : '',
      state: textIn(address.state),
    }
  },
  write: ({ from, to, plate, group, state }) => ({
    from,
    to,
    ...(plate && { plate }),
    ...(group && { group }),
    ...(state && { state }),
  }),
  defaults: () => {
    const month = lastMonth(Date.now())
    return { from: month, to: month, plate: '', group: '', state: '' }
  },
}

export function coverageQuery({ form, sort, descending }: ListView<CoverageForm>): CoverageQuery {
  const { group, ...texts } = form
  return { filter: { ...texts, ...groupFilter(group) }, sort, descending }
}

import type { FundsQuery } from '@/api'
import { textIn } from '@/components/list/useListView'
import type { FormCodec, ListView } from '@/components/list/useListView'
import { dayOfInstant, isDay } from '@/lib/days'
import type { DayRange } from '@/lib/days'
import { monthNumber, monthOfInstant, monthText } from '@/lib/months'

/** What the filter bar of 历史记录 edits: days YYYY-MM-DD, '' is an end without limit. */
export interface FundsForm {
  plate: string
  from: string
  to: string
}

/** Says in an address that a list is meant as a whole: without any word it would be the way to the last filter. */
const wholeList = 'all'
const keys = ['plate', 'from', 'to', wholeList]

/** The month under way and the two before it. */
export function lastThreeMonths(now: number): DayRange {
  return { from: `${monthText(monthNumber(monthOfInstant(now))! - 2)}-01`, to: dayOfInstant(now) }
}

export const fundsCodec: FormCodec<FundsForm> = {
  read: (address) => {
    if (!keys.some((key) => key in address)) return null
    const day = (key: string) => (isDay(textIn(address[key])) ? textIn(address[key]) : '')
    const [from, to] = [day('from'), day('to')]
    return { plate: textIn(address.plate), ...(from && to && from > to ? { from: to, to: from } : { from, to }) }
  },
  write: (form) => {
    const address: Record<string, string> = {}
    for (const [key, value] of Object.entries(form)) if (value) address[key] = value
    return Object.keys(address).length > 0 ? address : { [wholeList]: '1' }
  },
  defaults: () => ({ plate: '', ...lastThreeMonths(Date.now()) }),
  // Days that are past are no filter for tomorrow: the newest movements would be missing.
  remembered: ({ plate }) => ({ plate, ...lastThreeMonths(Date.now()) }),
}

export function fundsQuery({ form, sort, descending }: ListView<FundsForm>): FundsQuery {
  return { filter: { ...form }, sort, descending }
}

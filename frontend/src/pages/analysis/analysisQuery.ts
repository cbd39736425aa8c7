import type { AnalysisQuery, TripFilter } from '@/api'
import { textIn } from '@/components/list/useListView'
import type { FormCodec, ListView } from '@/components/list/useListView'
import { isDay, quickRanges } from '@/lib/days'
import { isGroupMix } from '@/lib/groupChoice'
import { parseYuan } from '@/lib/money'
import { dimensionNames, tripTypeNames } from '@/texts'
import { wholeTripFilter } from '@/pages/trips/tripQuery'

/** What the filter bar edits, all of it as text. */
export interface AnalysisForm {
  by: string
  /** Names of types, separated by commas. */
  type: string
  /** '' days of the passage, 'posted' of 扣款日期. */
  dateBy: string
  from: string
  to: string
  plates: string
  /** A mix as of lib/groupChoice; vehicles of any of these groups, beside the plates. */
  group: string
  entry: string
  exit: string
  /** Yuan. */
  min: string
  max: string
  /** Digits, 1 Monday to 7 Sunday. */
  weekdays: string
  fromHour: string
  toHour: string
}

const blank: AnalysisForm = {
  by: 'month',
  type: '',
  dateBy: '',
  from: '',
  to: '',
  plates: '',
  group: '',
  entry: '',
  exit: '',
  min: '',
  max: '',
  weekdays: '',
  fromHour: '',
  toHour: '',
}

/** What another version kept, or somebody typed into an address, may be anything. */
const isSound: Partial<Record<keyof AnalysisForm, (text: string) => boolean>> = {
  by: (text) => text in dimensionNames,
  type: (text) => text.split(',').every((type) => type in tripTypeNames),
  dateBy: (text) => text === 'posted',
  from: isDay,
  to: isDay,
  group: isGroupMix,
  min: (text) => parseYuan(text) !== null,
  max: (text) => parseYuan(text) !== null,
  weekdays: (text) => /^[1-7]{1,7}$/.test(text),
  fromHour: isHour,
  toHour: isHour,
}

function isHour(text: string): boolean {
  return /^\d{1,2}$/.test(text) && Number(text) <= 24
}

export const analysisCodec: FormCodec<AnalysisForm> = {
  read: (address) => {
    if (!(textIn(address.by) in dimensionNames)) return null
    const form = { ...blank }
    for (const key of Object.keys(blank) as (keyof AnalysisForm)[]) {
      const text = textIn(address[key])
      if (text && (isSound[key]?.(text) ?? true)) form[key] = text
    }
    return form
  },
  write: (form) => Object.fromEntries(Object.entries(form).filter(([, text]) => text !== '')),
  defaults: () => ({ ...blank, ...quickRanges.thisYear.at(Date.now()) }),
}

export function filterOf(form: AnalysisForm): TripFilter {
  const { type, dateBy, from, to, plates, group, entry, exit, weekdays } = form
  return {
    ...wholeTripFilter,
    ...{ type, dateBy, from, to, plates, groups: group, entry, exit, weekdays },
    minFen: parseYuan(form.min) ?? 0,
    maxFen: parseYuan(form.max) ?? 0,
    fromHour: Number(form.fromHour || 0),
    toHour: Number(form.toHour || 0),
  }
}

export function analysisQueryOf({ form, sort, descending }: ListView<AnalysisForm>): AnalysisQuery {
  return { filter: filterOf(form), by: form.by, sort, descending }
}

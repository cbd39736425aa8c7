import type { LocationQueryRaw } from 'vue-router'
import type { FleetFilter, FleetQuery } from '@/api'
import { textIn } from '@/components/list/useListView'
import type { FormCodec, ListView } from '@/components/list/useListView'
import { groupFilter, isGroupChoice } from '@/lib/groupChoice'

/** What a fleet list can be narrowed by. `group` is a choice of lib/groupChoice, `within` a number of days; all are texts, '' is no matter. */
export type FleetField =
  | 'search'
  | 'plate'
  | 'card'
  | 'tag'
  | 'cardType'
  | 'cardStatus'
  | 'tagStatus'
  | 'vehicleStatus'
  | 'listed'
  | 'authorized'
  | 'group'
  | 'within'
  | 'alerts'

export type FleetForm = Partial<Record<FleetField, string>>

/** A field of a list's filter bar. */
export interface FleetFieldSpec {
  field: FleetField
  label: string
  kind: 'search' | 'plate' | 'text' | 'choice' | 'group' | 'tab'
  /** Of a choice or tab: the words by value. */
  choices?: Record<string, string>
  /** What it is at first. */
  first?: string
  /** Width in pixels. */
  width?: number
}

/** Says in an address that a list is meant as a whole: without any word it would be the way to the last filter. */
const wholeList = 'all'

/** How the filter of a fleet list is written into an address. */
export function fleetCodec(fields: FleetFieldSpec[]): FormCodec<FleetForm> {
  const blank = () => Object.fromEntries(fields.map(({ field }) => [field, ''])) as FleetForm
  return {
    read: (address) => {
      if (!(wholeList in address) && !fields.some(({ field }) => field in address)) return null
      const form = blank()
      for (const spec of fields) form[spec.field] = checked(spec, textIn(address[spec.field]))
      return form
    },
    write: (form) => {
      const address: LocationQueryRaw = {}
      for (const { field } of fields) if (form[field]) address[field] = form[field]
      return Object.keys(address).length > 0 ? address : { [wholeList]: '1' }
    },
    defaults: (now) => {
      const form = blank()
      for (const { field, kind, first } of fields) form[field] = (kind === 'tab' && now?.[field]) || first || ''
      return form
    },
  }
}

/** What another version kept, or somebody typed into an address, may be anything. */
function checked(spec: FleetFieldSpec, text: string): string {
  if (spec.kind === 'group') return isGroupChoice(text) ? text : ''
  if (spec.kind === 'tab') return text in spec.choices! ? text : (spec.first ?? '')
  return spec.kind !== 'choice' || text in spec.choices! ? text : ''
}

const emptyFilter: FleetFilter = {
  search: '',
  plate: '',
  card: '',
  tag: '',
  cardType: '',
  cardStatus: '',
  tagStatus: '',
  vehicleStatus: '',
  listed: '',
  authorized: '',
  groupId: 0,
  ungrouped: '',
  withinDays: 0,
  alerts: '',
  batchId: 0,
  outcome: '',
}

export function fleetQuery(filter: Partial<FleetFilter>, sort = '', descending = false): FleetQuery {
  return { filter: { ...emptyFilter, ...filter }, sort, descending }
}

export function queryOf({ form, sort, descending }: ListView<FleetForm>): FleetQuery {
  const { group = '', within = '', ...texts } = form
  return fleetQuery({ ...texts, ...groupFilter(group), withinDays: Number(within) || 0 }, sort, descending)
}

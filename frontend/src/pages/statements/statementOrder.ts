import type { ExportFormat, GroupKind, Span, StatementLayout, StatementOrder, StatementPart } from '@/api'
import { groupFilter, isGroupChoice } from '@/lib/groupChoice'
import { isPeriodKind, monthNumber, monthOfInstant, widen } from '@/lib/months'
import type { PeriodKind } from '@/lib/months'
import { formatNames, groupKindNames } from '@/texts'

/** A part or a column on the page: all there are, in order, chosen or not. */
export interface Choice {
  name: string
  title: string
  isChosen: boolean
}

export interface PartChoice extends Choice {
  columns: Choice[]
}

/** What the page edits: whom the statement is of, and what it looks like. */
export interface StatementForm {
  by: PeriodKind
  from: string
  to: string
  /** As of lib/groupChoice. */
  group: string
  plate: string
  sumBy: GroupKind
  parts: PartChoice[]
  format: ExportFormat
  perVehicle: boolean
}

/** The last month that is final, of the whole fleet, with all parts. */
export function defaultForm(known: StatementPart[], span: Span, now: number): StatementForm {
  const month = span.lastFinal || span.last || monthOfInstant(now)
  return {
    by: 'month',
    from: month,
    to: month,
    group: '',
    plate: '',
    ...formOfLayout({ sumBy: '', parts: [], format: '', perVehicle: false }, known),
  }
}

type LayoutForm = Pick<StatementForm, 'sumBy' | 'parts' | 'format' | 'perVehicle'>

/** A layout as it is edited. Parts and columns of another version of the program are left out; those it does not name follow, not chosen. */
export function formOfLayout(layout: StatementLayout, known: StatementPart[]): LayoutForm {
  const chosen = layout.parts.filter((part) => known.some(({ name }) => name === part.name))
  const isOpen = chosen.length === 0
  const order = [...chosen.map(({ name }) => name), ...known.map(({ name }) => name)]
  const parts = [...new Set(order)].map((name) => {
    const info = known.find((part) => part.name === name)!
    const choice = chosen.find((part) => part.name === name)
    return {
      name,
      title: info.title,
      isChosen: isOpen || choice !== undefined,
      columns: columnsOf(info, choice?.columns ?? []),
    }
  })
  return {
    sumBy: layout.sumBy in groupKindNames ? (layout.sumBy as GroupKind) : 'team',
    parts,
    format: layout.format in formatNames ? (layout.format as ExportFormat) : 'xlsx',
    perVehicle: layout.perVehicle,
  }
}

/** Named columns are chosen, in their order; where none is that there still is, the standard ones are. */
export function columnsOf(info: StatementPart, names: string[]): Choice[] {
  const named = names.filter((name) => info.columns.some((column) => column.name === name))
  const chosen = named.length > 0 ? named : info.columns.filter(({ standard }) => standard).map(({ name }) => name)
  const order = [...new Set([...chosen, ...info.columns.map(({ name }) => name)])]
  return order.map((name) => ({
    name,
    title: info.columns.find((column) => column.name === name)!.title,
    isChosen: chosen.includes(name),
  }))
}

const chosenNames = (choices: Choice[]) => choices.filter(({ isChosen }) => isChosen).map(({ name }) => name)

export function layoutOf({ sumBy, parts, format, perVehicle }: LayoutForm): StatementLayout {
  const chosen = parts.filter(({ isChosen }) => isChosen)
  return {
    sumBy,
    parts: chosen.map(({ name, columns }) => ({ name, columns: chosenNames(columns) })),
    format,
    perVehicle,
  }
}

export function orderOf(form: StatementForm): StatementOrder {
  const { from, to, plate } = form
  return { from, to, plate, ...groupFilter(form.group), layout: layoutOf(form) }
}

/** What the page keeps of an order until the next visit. */
export interface KeptOrder {
  by: PeriodKind
  order: StatementOrder
}

/** What was kept, as far as it can be used; the months of a new form where they cannot. */
export function formOfKept(
  kept: Partial<KeptOrder> | null,
  known: StatementPart[],
  fresh: StatementForm,
): StatementForm {
  const order = kept?.order
  if (!order || typeof order !== 'object') return fresh
  const layout = order.layout ?? ({} as StatementLayout)
  const parts = Array.isArray(layout.parts) ? layout.parts : []
  const form: StatementForm = {
    ...fresh,
    ...formOfLayout(
      { sumBy: layout.sumBy ?? '', parts, format: layout.format ?? '', perVehicle: layout.perVehicle === true },
      known,
    ),
    plate: typeof order.plate === 'string' ? order.plate : '',
    group: groupText(order),
  }
  if (!isPeriodKind(kept.by) || monthNumber(order.from) === null || monthNumber(order.to) === null) return form
  return { ...form, by: kept.by, ...widen(kept.by, order.from, order.to) }
}

function groupText({ groupId, ungrouped }: StatementOrder): string {
  const text = ungrouped ? `none:${ungrouped}` : String(groupId || '')
  return isGroupChoice(text) ? text : ''
}

/** Moves one of a list by a place; at the ends it stays. */
export function moved<T>(list: T[], from: number, by: -1 | 1): T[] {
  const to = from + by
  if (from < 0 || to < 0 || to >= list.length) return list
  const next = [...list]
  ;[next[from], next[to]] = [next[to]!, next[from]!]
  return next
}

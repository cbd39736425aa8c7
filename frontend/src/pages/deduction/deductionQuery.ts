import type { DeductionFilter, DeductionQuery, DeductionSumQuery, GroupKind } from '@/api'
import { textIn } from '@/components/list/useListView'
import type { FormCodec, ListView } from '@/components/list/useListView'
import { groupFilter, isGroupChoice } from '@/lib/groupChoice'
import { monthNumber, monthOfInstant, monthText, widen } from '@/lib/months'

/** What the ledger is added up by, beside groups. */
export type SumBy = 'rate' | 'vehicle' | GroupKind

/** The kinds of group as costs are told apart by them. */
export const costNames: Record<GroupKind, string> = { team: '车队', project: '项目', customer: '客户' }

export const sumNames: Record<SumBy, string> = { rate: '税率', vehicle: '车辆', ...costNames }

/** What the filter bar of 进项抵扣台账 edits. */
export interface DeductionForm {
  from: string
  to: string
  /** The months are those of the issue, or those in which invoices are claimed. */
  dateBy: 'issued' | 'period'
  plate: string
  number: string
  group: string
  outcome: '' | 'deductible' | 'excluded'
  marked: '' | 'marked' | 'unmarked'
  odd: boolean
  /** The kind of group by which costs are told apart. */
  groupBy: GroupKind
  /** Of 汇总 alone. */
  by: SumBy
}

const isOneOf = <T extends string>(text: string, choices: readonly T[]): text is T =>
  (choices as readonly string[]).includes(text)
const groupKinds = Object.keys(costNames) as GroupKind[]
const sumKinds = Object.keys(sumNames) as SumBy[]

/** How the filter is written into an address: one that names no months is none. */
export const deductionCodec: FormCodec<DeductionForm> = {
  read: (address) => {
    const text = (key: string) => textIn(address[key])
    if (monthNumber(text('from')) === null || monthNumber(text('to')) === null) return null
    const [outcome, marked, groupBy, by] = [text('outcome'), text('marked'), text('groupBy'), text('by')]
    return {
      ...widen('month', text('from'), text('to')),
      dateBy: text('dateBy') === 'period' ? 'period' : 'issued',
      plate: text('plate'),
      number: text('number'),
      group: isGroupChoice(text('group')) ? text('group') : '',
      outcome: isOneOf(outcome, ['deductible', 'excluded']) ? outcome : '',
      marked: isOneOf(marked, ['marked', 'unmarked']) ? marked : '',
      odd: text('odd') === '1',
      groupBy: isOneOf(groupBy, groupKinds) ? groupBy : 'project',
      by: isOneOf(by, sumKinds) ? by : 'rate',
    }
  },
  write: ({ from, to, dateBy, odd, groupBy, by, ...texts }) => ({
    from,
    to,
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')),
    ...(dateBy === 'period' && { dateBy }),
    ...(odd && { odd: '1' }),
    ...(groupBy !== 'project' && { groupBy }),
    ...(by !== 'rate' && { by }),
  }),
  defaults: (now) => {
    const month = monthText(monthNumber(monthOfInstant(Date.now()))!)
    return {
      from: month,
      to: month,
      dateBy: 'issued',
      plate: '',
      number: '',
      group: '',
      outcome: '',
      marked: '',
      odd: false,
      groupBy: now?.groupBy ?? 'project',
      by: now?.by ?? 'rate',
    }
  },
}

export function filterOf(form: DeductionForm): DeductionFilter {
  return {
    from: form.from,
    to: form.to,
    dateBy: form.dateBy,
    plate: form.plate,
    number: form.number,
    ...groupFilter(form.group),
    outcome: form.outcome,
    marked: form.marked,
    odd: form.odd,
    groupBy: form.groupBy,
  }
}

export function deductionQuery({ form, sort, descending }: ListView<DeductionForm>): DeductionQuery {
  return { filter: filterOf(form), sort, descending }
}

export function sumQuery({ form, sort, descending }: ListView<DeductionForm>): DeductionSumQuery {
  return { filter: filterOf(form), by: form.by, sort, descending }
}

import type {
  CoverageInvoiceRow,
  CoverageInvoiceTotals,
  CoverageMonth,
  CoverageMonthTotals,
  CoverageState,
  CoverageTripRow,
  CoverageTripTotals,
} from '@/api'
import type { GridColumn } from '@/components/grid/types'
import type { Figure } from '@/components/list/figures'
import { formatCount, formatFen } from '@/lib/money'
import { stationsText } from '@/lib/passages'

interface Extras {
  sort?: string
  isHidden?: boolean
}

function counted<T>(key: string, title: string, width: number, of: (row: T) => number, extras: Extras = {}) {
  return { key, title, width, right: true, text: (row: T) => formatCount(of(row)), ...extras }
}

function amount<T>(key: string, title: string, width: number, of: (row: T) => number, extras: Extras = {}) {
  return { key, title, width, right: true, text: (row: T) => formatFen(of(row)), ...extras }
}

/** A month in one line; the states of package coverage are its further columns. */
export function monthColumns(states: CoverageState[]): GridColumn<CoverageMonth>[] {
  return [
    { key: 'month', title: '通行月份', width: 88, sort: 'month', text: (row) => row.month },
    { key: 'final', title: '状态', width: 84, text: (row) => (row.isFinal ? '已出账' : '未出账') },
    counted('trips', '通行笔数', 84, (row) => row.all.rows, { sort: 'trips' }),
    amount('paid', '通行金额(元)', 124, (row) => row.all.paidFen, { sort: 'paid' }),
    counted('doneTrips', '已开票笔数', 90, (row) => row.done.rows),
    amount('done', '已开票通行(元)', 124, (row) => row.done.paidFen, { sort: 'done' }),
    counted('oddTrips', '金额不符笔数', 112, (row) => row.odd.rows),
    amount('odd', '金额不符通行(元)', 124, (row) => row.odd.paidFen, { isHidden: true }),
    counted('openTrips', '未开票笔数', 90, (row) => row.open.rows),
    amount('open', '未开票通行(元)', 124, (row) => row.open.paidFen, { sort: 'open' }),
    ...states.flatMap((state, index) => [
      counted(`${state.code}Trips`, `${state.name}：笔数`, 110, (row: CoverageMonth) => row.states[index]?.rows ?? 0, {
        isHidden: true,
      }),
      amount(state.code, `${state.name}：金额(元)`, 124, (row: CoverageMonth) => row.states[index]?.paidFen ?? 0, {
        isHidden: true,
      }),
    ]),
    { key: 'action', title: '操作', width: 66, isPageOnly: true, text: () => '明细' },
  ]
}

export function monthFigures(totals: CoverageMonthTotals | null): Figure[] {
  const whole = totals?.whole
  return [
    { key: 'trips', label: '通行笔数', value: formatCount(whole?.all.rows ?? 0), unit: '笔' },
    { key: 'paid', label: '通行金额', value: formatFen(whole?.all.paidFen ?? 0), unit: '元' },
    { key: 'done', label: '已开票', value: formatFen(whole?.done.paidFen ?? 0), unit: '元', isFirstPart: true },
    { key: 'odd', label: '金额不符', value: formatFen(whole?.odd.paidFen ?? 0), unit: '元' },
    { key: 'open', label: '未开票', value: formatFen(whole?.open.paidFen ?? 0), unit: '元' },
  ]
}

export const tripColumns: GridColumn<CoverageTripRow>[] = [
  { key: 'plate', title: '车牌号码', width: 140, sort: 'plate', text: (row) => row.plate },
  { key: 'passedAt', title: '通行时间', width: 158, sort: 'passedAt', text: (row) => row.passedAt },
  { key: 'stations', title: '出入口站点', width: 136, sort: 'stations', text: stationsText },
  amount('paid', '通行金额(元)', 104, (row) => row.paidFen, { sort: 'paid' }),
  amount('refunded', '已退费(元)', 90, (row) => row.refundedFen, { sort: 'refunded', isHidden: true }),
  amount('invoiced', '已开票金额(元)', 118, (row) => row.invoicedFen, { sort: 'invoiced' }),
  amount('difference', '差额(元)', 84, (row) => row.differenceFen, { sort: 'difference' }),
  { key: 'state', title: '开票情况', width: 112, sort: 'state', text: (row) => row.stateName },
  { key: 'reason', title: '说明', width: 160, isHidden: true, text: (row) => row.reason || '-' },
  { key: 'numbers', title: '发票号码', width: 172, text: (row) => row.numbers || '-' },
  { key: 'action', title: '操作', width: 58, isPageOnly: true, text: () => '详情' },
]

export function tripFigures(totals: CoverageTripTotals | null): Figure[] {
  return [
    { key: 'rows', label: '通行笔数', value: formatCount(totals?.rows ?? 0), unit: '笔' },
    { key: 'paid', label: '通行金额', value: formatFen(totals?.paidFen ?? 0), unit: '元' },
    { key: 'refunded', label: '已退费', value: formatFen(totals?.refundedFen ?? 0), unit: '元', isFirstPart: true },
    { key: 'invoiced', label: '已开票金额', value: formatFen(totals?.invoicedFen ?? 0), unit: '元' },
    { key: 'difference', label: '差额', value: formatFen(totals?.differenceFen ?? 0), unit: '元' },
  ]
}

export const invoiceColumns: GridColumn<CoverageInvoiceRow>[] = [
  { key: 'number', title: '发票号码', width: 178, sort: 'number', text: (row) => row.number },
  { key: 'plate', title: '车牌号码', width: 160, sort: 'plate', text: (row) => row.plate },
  { key: 'issuedAt', title: '开票时间', width: 152, sort: 'issuedAt', text: (row) => row.issuedAt },
  { key: 'payee', title: '收款人', width: 180, sort: 'payee', isHidden: true, text: (row) => row.payee || '-' },
  amount('total', '发票金额(元)', 112, (row) => row.totalFen, { sort: 'total' }),
  counted('trips', '所列通行', 78, (row) => row.trips),
  counted('lacking', '无对应通行', 90, (row) => row.lacking, { sort: 'lacking' }),
  amount('amount', '无对应通行金额(元)', 140, (row) => row.amountFen, { sort: 'amount' }),
  { key: 'reason', title: '说明', width: 190, text: (row) => row.reason },
  { key: 'action', title: '操作', width: 58, isPageOnly: true, text: () => '详情' },
]

export function invoiceFigures(totals: CoverageInvoiceTotals | null): Figure[] {
  return [
    { key: 'rows', label: '发票张数', value: formatCount(totals?.rows ?? 0), unit: '张' },
    { key: 'amount', label: '无对应通行金额', value: formatFen(totals?.amountFen ?? 0), unit: '元' },
  ]
}

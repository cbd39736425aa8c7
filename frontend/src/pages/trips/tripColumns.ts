import type { RefundRow, TripRow, TripTotals } from '@/api'
import type { GridColumn } from '@/components/grid/types'
import type { Figure } from '@/components/list/figures'
import { formatCount, formatFen } from '@/lib/money'
import { stationsText } from '@/lib/passages'
import type { RefundType, TripType } from './tripQuery'

const plate = { key: 'plate', title: '车牌号码', width: 178, sort: 'plate' }
const card = { key: 'card', title: 'ETC通行卡卡号', width: 142, sort: 'card' }
const action = { key: 'action', title: '操作', width: 66, isPageOnly: true, text: () => '详情' }

function amount<T>(key: string, title: string, fen: (row: T) => number, isHidden = false): GridColumn<T> {
  return { key, title, width: 118, right: true, sort: key, isHidden, text: (row) => formatFen(fen(row)) }
}

/** As in the manual (2.6.2): a manual lane posts nothing and gives no discount, a car park has a place instead of stations. */
export function tripColumns(type: TripType): GridColumn<TripRow>[] {
  const isETC = type !== 'otherExpressway'
  const columns: GridColumn<TripRow>[] = [
    { ...plate, text: (row) => row.plate },
    { key: 'passedAt', title: '通行时间', width: 160, sort: 'passedAt', text: (row) => row.passedAt },
  ]
  if (isETC) {
    columns.push({
      key: 'postedOn',
      title: '扣款日期',
      width: 98,
      sort: 'postedOn',
      text: (row) => row.postedOn || '-',
    })
  }
  columns.push(
    { ...card, text: (row) => row.card },
    amount('paid', '收费金额(元)', (row) => row.paidFen),
  )
  if (isETC) {
    columns.push(
      amount('discount', '优惠金额(元)', (row) => row.discountFen, type === 'nonExpressway'),
      amount('gross', '优惠前金额(元)', (row) => row.grossFen, true),
    )
  }
  const place = type === 'nonExpressway' ? '消费场所' : '出入口站点'
  columns.push({ key: 'stations', title: place, width: 220, sort: 'stations', text: stationsText }, action)
  return columns
}

/** The trips behind a row of an analysis: with what was paid back of each, which the manual's page does not show, in the place of the card. */
export function drilledColumns(): GridColumn<TripRow>[] {
  const refunded = {
    ...amount<TripRow>('refunded', '已退费(元)', (row) => row.refundedFen),
    sort: undefined,
    width: 96,
  }
  return tripColumns('etcExpressway').flatMap((column) => {
    if (column.key === 'card') return { ...column, isHidden: true }
    return column.key === 'stations' ? [{ ...refunded, isPageOnly: true }, column] : column
  })
}

export function tripFigures(type: TripType, totals: TripTotals | null): Figure[] {
  const figures = [
    { key: 'rows', label: '通行笔数', value: formatCount(totals?.rows ?? 0), unit: '次' },
    { key: 'sum', label: '通行费总金额', value: formatFen(totals?.paidFen ?? 0), unit: '元' },
  ]
  if (type === 'otherExpressway') return figures
  return [...figures, { key: 'discount', label: '总共优惠', value: formatFen(totals?.discountFen ?? 0), unit: '元' }]
}

/** As in the manual (2.6.3). */
export function refundColumns(type: RefundType): GridColumn<RefundRow>[] {
  const isPlace = type === 'nonExpressway'
  return [
    { ...plate, text: (row) => row.plate },
    { ...card, isHidden: true, text: (row) => row.card },
    {
      key: 'stations',
      title: isPlace ? '停车场名称' : '出入口收费站',
      width: 240,
      sort: 'stations',
      text: stationsText,
    },
    {
      key: 'passedAt',
      title: isPlace ? '消费时间' : '通行时间',
      width: 160,
      sort: 'passedAt',
      text: (row) => row.passedAt,
    },
    { key: 'refundedAt', title: '退费日期', width: 160, sort: 'refundedAt', text: (row) => row.refundedAt || '-' },
    amount('amount', '退款金额(元)', (row) => row.amountFen),
    {
      key: 'status',
      title: '退款状态',
      width: 96,
      sort: 'status',
      text: (row) => refundStatusName(row.status, isPlace),
    },
    action,
  ]
}

/** The manual words success differently on its two tabs. */
export function refundStatusName(status: string, isPlace: boolean): string {
  if (status !== 'refunded') return '退费中'
  return isPlace ? '退款成功' : '已退款'
}

import type { AllocationHistoryRow, FundsTotals, LoadRow, RechargeRow } from '@/api'
import type { GridColumn } from '@/components/grid/types'
import type { Figure } from '@/components/list/figures'
import { formatCount, formatFen } from '@/lib/money'
import { fundsSourceNames, loadStatusNames, rechargeStatusNames } from '@/texts'

const plate = {
  key: 'plate',
  title: '车牌号码',
  width: 188,
  sort: 'plate',
  text: (row: { plate: string }) => row.plate,
}
const card = {
  key: 'card',
  title: 'ETC通行卡卡号',
  width: 142,
  sort: 'card',
  text: (row: { card: string }) => row.card,
}

function time<T extends { at: string }>(title: string): GridColumn<T> {
  return { key: 'at', title, width: 164, sort: 'at', text: (row) => row.at }
}

function amount<T extends { amountFen: number }>(title: string): GridColumn<T> {
  return { key: 'amount', title, width: 136, right: true, sort: 'amount', text: (row) => formatFen(row.amountFen) }
}

const sourceName = (source: string) => fundsSourceNames[source] ?? source

/** As in the manual (2.8.2), and where the money went. */
export const rechargeColumns: GridColumn<RechargeRow>[] = [
  { key: 'order', title: '订单编号', width: 196, sort: 'order', text: (row) => row.orderNumber },
  { key: 'account', title: '用户账号', width: 112, text: (row) => row.account || '-' },
  time('充值时间'),
  { key: 'source', title: '充值来源', width: 92, sort: 'source', text: (row) => sourceName(row.source) },
  amount('充值金额(元)'),
  {
    key: 'transaction',
    title: '充值交易流水号',
    width: 236,
    sort: 'transaction',
    text: (row) => row.transaction || '-',
  },
  {
    key: 'status',
    title: '状态',
    width: 150,
    sort: 'status',
    text: (row) => rechargeStatusNames[row.status] ?? row.status,
  },
  { key: 'target', title: '充值到', width: 178, sort: 'target', text: (row) => row.plate || '用户账户' },
]

export const allocationColumns: GridColumn<AllocationHistoryRow>[] = [
  plate,
  card,
  time('预分配时间'),
  amount('预分配金额(元)'),
  { key: 'source', title: '数据来源', width: 110, sort: 'source', text: (row) => sourceName(row.source) },
  {
    key: 'order',
    title: '充值订单',
    width: 200,
    sort: 'order',
    isHidden: true,
    text: (row) => row.orderNumber || '-',
  },
]

export const loadColumns: GridColumn<LoadRow>[] = [
  plate,
  card,
  time('圈存时间'),
  amount('圈存金额(元)'),
  {
    key: 'status',
    title: '圈存状态',
    width: 110,
    sort: 'status',
    text: (row) => loadStatusNames[row.status] ?? row.status,
  },
]

/** The strip of a list: how many, what reached its end, and what did not. */
export function fundsFigures(totals: FundsTotals | null, settled: string, rest: string): Figure[] {
  const figures: Figure[] = [
    { key: 'rows', label: '笔数', value: formatCount(totals?.rows ?? 0), unit: '笔' },
    { key: 'settled', label: settled, value: formatFen(totals?.settledFen ?? 0), unit: '元' },
  ]
  const open = (totals?.sumFen ?? 0) - (totals?.settledFen ?? 0)
  if (rest) figures.push({ key: 'rest', label: rest, value: formatFen(open), unit: '元' })
  return figures
}

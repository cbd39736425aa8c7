import type { CardRow } from '@/api'
import type { GridColumn } from '@/components/grid/types'
import { issueStatusNames, listedNames } from '@/texts'
import { groupColumns, orDash } from './columns'

const card: GridColumn<CardRow> = {
  key: 'card',
  title: 'ETC通行卡卡号',
  width: 146,
  sort: 'card',
  text: (row) => row.card,
}
const status: GridColumn<CardRow> = {
  key: 'cardStatus',
  title: '通行卡状态',
  width: 108,
  sort: 'cardStatus',
  text: (row) => issueStatusNames[row.cardStatus] ?? row.cardStatus,
}
const plate: GridColumn<CardRow> = {
  key: 'plate',
  title: '车牌号码',
  width: 180,
  sort: 'plate',
  text: (row) => orDash(row.plate),
}
const listed: GridColumn<CardRow> = {
  key: 'listed',
  title: '状态名单',
  width: 98,
  sort: 'listed',
  text: (row) => listedNames[row.listed ? 'listed' : 'normal']!,
}
const action: GridColumn<CardRow> = { key: 'action', title: '操作', width: 78, isPageOnly: true, text: () => '详情' }

/** The columns of the manual, and the groups. */
export const chargeColumns: GridColumn<CardRow>[] = [
  card,
  status,
  plate,
  listed,
  { key: 'issuedOn', title: '发行时间', width: 106, sort: 'issuedOn', text: (row) => orDash(row.issuedOn) },
  { key: 'updatedOn', title: '更新日期', width: 106, sort: 'updatedOn', text: (row) => orDash(row.updatedOn) },
  ...groupColumns<CardRow>(),
  action,
]

/** Narrower than those of the other tab: with its three ways the last column must be on the screen. */
export const storedValueColumns: GridColumn<CardRow>[] = [
  { ...card, width: 138 },
  { ...status, width: 100 },
  { ...plate, width: 154 },
  { ...listed, width: 88 },
  { key: 'balance', title: '卡上余额', width: 84, right: true, isPageOnly: true, text: () => '****' },
  { key: 'unloaded', title: '卡上未圈存金额', width: 120, right: true, isPageOnly: true, text: () => '****' },
  ...groupColumns<CardRow>(),
  { ...action, width: 148 },
]

/** Manual 2.5.2: a cancelled card shows neither balances nor details. */
export function isClosed(row: CardRow): boolean {
  return row.cardStatus === 'cancelled'
}

export const closedReason = '已注销的通行卡不能查看详情'

import type { InvoiceRow, InvoiceSetting, InvoiceTotals } from '@/api'
import type { GridColumn } from '@/components/grid/types'
import type { Figure } from '@/components/list/figures'
import { formatCount, formatFen } from '@/lib/money'
import { stationsText, taxRateText } from '@/lib/passages'
import { paperStateNames } from '@/texts'
import type { InvoiceType } from './invoiceQuery'

function amount(
  key: string,
  title: string,
  width: number,
  fen: (row: InvoiceRow) => number,
  isHidden = false,
): GridColumn<InvoiceRow> {
  return { key, title, width, isHidden, right: true, sort: key, text: (row) => formatFen(fen(row)) }
}

/** As in the manual (2.7.1), and what an accountant adds up beside it. */
export function invoiceColumns(type: InvoiceType): GridColumn<InvoiceRow>[] {
  const isMerged = type === 'merged'
  const plate = { key: 'plate', title: '车牌号码', width: 164, sort: 'plate', text: (row: InvoiceRow) => row.plate }
  const stations = { key: 'stations', title: '出入口站', width: 116, sort: 'stations', text: stationsText }
  const passed = {
    key: 'passedAt',
    title: '通行时间',
    width: 152,
    sort: 'passedAt',
    text: (row: InvoiceRow) => row.passedAt,
  }
  const title = {
    key: 'title',
    title: '发票抬头',
    width: 150,
    sort: 'title',
    text: (row: InvoiceRow) => row.title || '-',
  }
  const payee = {
    key: 'payee',
    title: '收款人',
    width: 110,
    sort: 'payee',
    text: (row: InvoiceRow) => row.payee || '-',
  }
  const issued = {
    key: 'issuedAt',
    title: '开票时间',
    width: 152,
    sort: 'issuedAt',
    text: (row: InvoiceRow) => row.issuedAt,
  }
  const number = { key: 'number', title: '发票号码', width: 176, sort: 'number', text: (row: InvoiceRow) => row.number }
  const trips = {
    key: 'trips',
    title: '通行次数',
    width: 78,
    right: true,
    text: (row: InvoiceRow) => formatCount(row.trips),
  }
  const first = isMerged
    ? [
        plate,
        title,
        payee,
        issued,
        trips,
        { ...number, isHidden: true },
        { ...passed, title: '首次通行时间', isHidden: true },
      ]
    : [
        plate,
        stations,
        passed,
        { ...issued, isHidden: true },
        number,
        { ...title, isHidden: true },
        { ...payee, isHidden: true },
      ]
  return [
    ...first,
    { key: 'rate', title: '税率', width: 62, sort: 'rate', isHidden: true, text: (row) => taxRateText(row.taxRate) },
    amount('net', '金额(元)', 112, (row) => row.netFen, true),
    amount('tax', '税额(元)', 88, (row) => row.taxFen),
    amount('total', '发票金额(元)', 116, (row) => row.totalFen),
    {
      key: 'documents',
      title: '原件',
      width: 84,
      isPageOnly: true,
      text: (row) => paperStateNames[row.documents] ?? row.documents,
    },
    { key: 'printed', title: '打印', width: 68, isPageOnly: true, text: printedText },
    { key: 'action', title: '操作', width: 88, isPageOnly: true, text: () => '详情' },
  ]
}

/** Whether an invoice was printed, or saved to be printed. */
function printedText(row: InvoiceRow): string {
  if (!row.printedAt) return '未打印'
  return row.printFailed ? '未打完' : '已打印'
}

export function invoiceFigures(totals: InvoiceTotals | null): Figure[] {
  return [
    { key: 'rows', label: '发票张数', value: formatCount(totals?.rows ?? 0), unit: '张' },
    { key: 'sum', label: '价税合计', value: formatFen(totals?.totalFen ?? 0), unit: '元' },
    { key: 'net', label: '金额', value: formatFen(totals?.netFen ?? 0), unit: '元', isFirstPart: true },
    { key: 'tax', label: '税额', value: formatFen(totals?.taxFen ?? 0), unit: '元' },
  ]
}

export const onOff = (on: boolean) => (on ? '开启' : '关闭')

/** As in the manual (2.7.2). */
export const settingColumns: GridColumn<InvoiceSetting>[] = [
  { key: 'plate', title: '车牌号码', width: 188, sort: 'plate', text: (row) => row.plate },
  { key: 'perTrip', title: '省内单程一张票', width: 140, sort: 'perTrip', text: (row) => onOff(row.perTrip) },
  { key: 'monthly', title: '省内单月合并票', width: 140, sort: 'monthly', text: (row) => onOff(row.monthly) },
  { key: 'email', title: '发票接收邮箱', width: 230, sort: 'email', text: (row) => row.email || '-' },
  { key: 'autoSend', title: '是否自动发送', width: 124, sort: 'autoSend', text: (row) => onOff(row.autoSend) },
  { key: 'title', title: '发票抬头', width: 240, sort: 'title', isHidden: true, text: (row) => row.title || '-' },
  { key: 'action', title: '操作', width: 66, isPageOnly: true, text: () => '详情' },
]

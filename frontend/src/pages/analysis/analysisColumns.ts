import type { AnalysisRow } from '@/api'
import type { GridColumn } from '@/components/grid/types'
import type { Figure } from '@/components/list/figures'
import { formatCount, formatFen } from '@/lib/money'
import { dimensionNames } from '@/texts'
import type { AnalysisTotals } from './analysisTotals'

/** Hundredths of a percent as people write them. */
export function percentText(bp: number): string {
  return `${(bp / 100).toFixed(2)}%`
}

function amount(key: string, title: string, fen: (row: AnalysisRow) => number): GridColumn<AnalysisRow> {
  return { key, title, width: 118, right: true, sort: key, text: (row) => formatFen(fen(row)) }
}

/** What a row is called; trips of no group, or of no known station, are so too. */
export function rowName(row: Pick<AnalysisRow, 'label'>): string {
  return row.label || '未分组或未知'
}

export function analysisColumns(by: string): GridColumn<AnalysisRow>[] {
  return [
    {
      key: 'label',
      title: dimensionNames[by] ?? by,
      width: 200,
      sort: 'label',
      text: rowName,
    },
    { key: 'rows', title: '通行笔数', width: 100, right: true, sort: 'rows', text: (row) => formatCount(row.rows) },
    amount('paid', '收费金额(元)', (row) => row.paidFen),
    amount('discount', '优惠金额(元)', (row) => row.discountFen),
    { ...amount('gross', '优惠前金额(元)', (row) => row.grossFen), width: 128, isHidden: true },
    { key: 'share', title: '优惠占比', width: 96, right: true, sort: 'share', text: (row) => percentText(row.shareBp) },
    { ...amount('perTrip', '元/笔', (row) => row.perTripFen), width: 86 },
    { ...amount('refunded', '已退费(元)', (row) => row.refundedFen), width: 102 },
    amount('net', '净支出(元)', (row) => row.netFen),
    { key: 'action', title: '操作', width: 66, isPageOnly: true, text: () => '明细' },
  ]
}

export function analysisFigures(totals: AnalysisTotals | null): Figure[] {
  return [
    { key: 'trips', label: '通行笔数', value: formatCount(totals?.trips ?? 0), unit: '次' },
    { key: 'sum', label: '收费金额', value: formatFen(totals?.paidFen ?? 0), unit: '元' },
    { key: 'discount', label: '总共优惠', value: formatFen(totals?.discountFen ?? 0), unit: '元' },
    { key: 'refunded', label: '已退费', value: formatFen(totals?.refundedFen ?? 0), unit: '元' },
    { key: 'gross', label: '优惠前金额', value: formatFen(totals?.grossFen ?? 0), unit: '元' },
  ]
}

import type { DeductionRow, DeductionSumRow, DeductionSumTotals, DeductionTotals, GroupKind } from '@/api'
import type { GridColumn } from '@/components/grid/types'
import type { Figure } from '@/components/list/figures'
import { formatCount, formatFen } from '@/lib/money'
import { taxRateText } from '@/lib/passages'
import { costNames, sumNames } from './deductionQuery'
import type { SumBy } from './deductionQuery'

function amount<T>(key: string, title: string, width: number, of: (row: T) => number, isHidden = false): GridColumn<T> {
  return { key, title, width, isHidden, right: true, sort: key, text: (row) => formatFen(of(row)) }
}

/** The columns of the ledger (DOMAIN 2.5), those that fit on a small screen first. */
export function ledgerColumns(kind: GroupKind): GridColumn<DeductionRow>[] {
  return [
    { key: 'month', title: '月份', width: 76, isHidden: true, text: (row) => row.month },
    { key: 'number', title: '发票号码', width: 188, sort: 'number', text: (row) => row.number },
    { key: 'issuedOn', title: '开票日期', width: 94, sort: 'issuedOn', text: (row) => row.issuedOn },
    { key: 'payee', title: '销方', width: 160, sort: 'payee', isHidden: true, text: (row) => row.payee || '-' },
    { key: 'plate', title: '车牌', width: 130, sort: 'plate', text: (row) => row.plate },
    { key: 'passedFrom', title: '通行日期起', width: 94, isHidden: true, text: (row) => row.passedFrom || '-' },
    { key: 'passedTo', title: '通行日期止', width: 94, isHidden: true, text: (row) => row.passedTo || '-' },
    amount('net', '金额(元)', 96, (row) => row.netFen, true),
    { key: 'rate', title: '税率', width: 56, sort: 'rate', text: (row) => taxRateText(row.taxRate) },
    amount('tax', '税额(元)', 82, (row) => row.taxFen),
    amount('total', '价税合计(元)', 106, (row) => row.totalFen),
    {
      key: 'outcome',
      title: '可抵扣',
      width: 88,
      text: (row) => (row.isDeductible ? '是' : `否：${row.reason}`),
    },
    { key: 'reason', title: '原因', width: 180, isHidden: true, text: (row) => row.reason },
    { key: 'purpose', title: '用途', width: 88, isHidden: true, text: (row) => row.purpose || '-' },
    { key: 'mark', title: '勾选/所属期', width: 132, sort: 'mark', text: (row) => row.mark },
    { key: 'group', title: costNames[kind], width: 72, text: (row) => row.group },
    {
      key: 'trips',
      title: '通行数',
      width: 62,
      right: true,
      sort: 'trips',
      isHidden: true,
      text: (row) => formatCount(row.trips),
    },
    { key: 'warning', title: '核对', width: 60, text: (row) => row.warning || '相符' },
    { key: 'source', title: '依据', width: 160, isHidden: true, text: (row) => row.source },
    { key: 'action', title: '操作', width: 56, isPageOnly: true, text: () => '详情' },
  ]
}

export function ledgerFigures(totals: DeductionTotals | null): Figure[] {
  return [
    { key: 'rows', label: '发票张数', value: formatCount(totals?.rows ?? 0), unit: '张' },
    { key: 'total', label: '价税合计', value: formatFen(totals?.all.totalFen ?? 0), unit: '元' },
    {
      key: 'deductible',
      label: '可抵扣税额',
      value: formatFen(totals?.deductible.taxFen ?? 0),
      unit: '元',
      isFirstPart: true,
    },
    { key: 'marked', label: '已勾选税额', value: formatFen(totals?.marked.taxFen ?? 0), unit: '元' },
    { key: 'excluded', label: '不可抵扣', value: formatCount(totals?.excluded.rows ?? 0), unit: '张' },
    {
      key: 'odd',
      label: '需核对',
      value: formatCount(totals?.odd ?? 0),
      unit: '张',
      isWarned: (totals?.odd ?? 0) > 0,
    },
  ]
}

export function sumColumns(by: SumBy): GridColumn<DeductionSumRow>[] {
  return [
    { key: 'label', title: sumNames[by], width: 200, sort: 'label', text: (row) => row.label },
    {
      key: 'rows',
      title: '发票张数',
      width: 90,
      right: true,
      sort: 'rows',
      text: (row) => formatCount(row.all.rows),
    },
    amount('net', '金额(元)', 130, (row) => row.all.netFen),
    amount('tax', '税额(元)', 120, (row) => row.all.taxFen),
    amount('total', '价税合计(元)', 130, (row) => row.all.totalFen),
    amount('deductible', '可抵扣税额(元)', 130, (row) => row.deductible.taxFen),
    amount('marked', '已勾选税额(元)', 130, (row) => row.marked.taxFen),
  ]
}

export function sumFigures(totals: DeductionSumTotals | null): Figure[] {
  const whole = totals?.whole
  return [
    { key: 'rows', label: '发票张数', value: formatCount(whole?.all.rows ?? 0), unit: '张' },
    { key: 'total', label: '价税合计', value: formatFen(whole?.all.totalFen ?? 0), unit: '元' },
    { key: 'tax', label: '税额', value: formatFen(whole?.all.taxFen ?? 0), unit: '元', isFirstPart: true },
    { key: 'deductible', label: '可抵扣税额', value: formatFen(whole?.deductible.taxFen ?? 0), unit: '元' },
    { key: 'marked', label: '已勾选税额', value: formatFen(whole?.marked.taxFen ?? 0), unit: '元' },
  ]
}

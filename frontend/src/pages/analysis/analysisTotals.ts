import { trips } from '@/api'
import type { AnalysisQuery, AnalysisRow } from '@/api'
import type { ListTotals } from '@/components/list/useListRows'

/** Of an analysis a list's rows are its sums; the trips behind them are counted beside. */
export interface AnalysisTotals extends ListTotals {
  trips: number
  paidFen: number
  discountFen: number
  grossFen: number
  refundedFen: number
}

export async function fetchAnalysis(
  query: AnalysisQuery,
  offset: number,
  limit: number,
): Promise<{ rows: AnalysisRow[]; totals: AnalysisTotals }> {
  const { rows, groups, totals, refundedFen } = await trips.analysis(query, offset, limit)
  return { rows, totals: { ...totals, rows: groups, trips: totals.rows, refundedFen } }
}

/** The calendar of bills: months are "YYYY-MM" on the wire and whole numbers (year × 12 + month − 1) for counting. */

export type PeriodKind = 'month' | 'quarter' | 'year'

export interface Period {
  /** First and last month, YYYY-MM. */
  from: string
  to: string
  label: string
}

export const periodKinds: { value: PeriodKind; label: string }[] = [
  { value: 'month', label: '按月' },
  { value: 'quarter', label: '按季度' },
  { value: 'year', label: '按年' },
]

const lengths: Record<PeriodKind, number> = { month: 1, quarter: 3, year: 12 }

export function isPeriodKind(value: unknown): value is PeriodKind {
  return value === 'month' || value === 'quarter' || value === 'year'
}

/** Reads "2024-01"; null for anything else. */
export function monthNumber(text: string): number | null {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text)
  return match ? Number(match[1]) * 12 + Number(match[2]) - 1 : null
}

export function monthText(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
}

/** The whole period that holds a month. */
export function periodOf(kind: PeriodKind, month: number): Period {
  const length = lengths[kind]
  const first = month - (month % length)
  return { from: monthText(first), to: monthText(first + length - 1), label: periodLabel(kind, first) }
}

function periodLabel(kind: PeriodKind, first: number): string {
  const year = Math.floor(first / 12)
  if (kind === 'year') return `${year}年`
  if (kind === 'quarter') return `${year}年第${Math.floor((first % 12) / 3) + 1}季度`
  return `${year}年${String((first % 12) + 1).padStart(2, '0')}月`
}

/** Whole periods from the one that holds `first` to the one that holds `last`, newest first: that one is asked for most. */
export function periodsBetween(kind: PeriodKind, first: string, last: string): Period[] {
  const start = monthNumber(first)
  const end = monthNumber(last)
  if (start === null || end === null || start > end) return []
  const periods: Period[] = []
  for (let month = end - (end % lengths[kind]); month > start - lengths[kind]; month -= lengths[kind]) {
    periods.push(periodOf(kind, month))
  }
  return periods
}

/** Widens a run of months to whole periods: what 按季度 makes of 2024-02 … 2024-03. */
export function widen(kind: PeriodKind, from: string, to: string): { from: string; to: string } {
  const first = monthNumber(from)
  const last = monthNumber(to)
  if (first === null || last === null) return { from, to }
  return { from: periodOf(kind, Math.min(first, last)).from, to: periodOf(kind, Math.max(first, last)).to }
}

/** The month of an instant in civil time of China, whatever the machine's own zone is. */
export function monthOfInstant(milliseconds: number): string {
  const china = new Date(milliseconds + 8 * 60 * 60 * 1000)
  return monthText(china.getUTCFullYear() * 12 + china.getUTCMonth())
}

import { monthNumber, monthOfInstant, monthText } from './months'

/** The calendar of passages: days are "YYYY-MM-DD" in civil time of China, '' is none. */
export interface DayRange {
  from: string
  to: string
}

const dayLength = 24 * 60 * 60 * 1000
const chinaAhead = 8 * 60 * 60 * 1000

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  // 02-30 is read as a day of March by some.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

export function dayOfInstant(milliseconds: number): string {
  return new Date(milliseconds + chinaAhead).toISOString().slice(0, 'YYYY-MM-DD'.length)
}

export function monthOfDay(day: string): string {
  return day.slice(0, 'YYYY-MM'.length)
}

/** First and last day of a month, YYYY-MM. */
export function daysOfMonth(month: string): DayRange {
  const after = Date.parse(`${monthText(monthNumber(month)! + 1)}-01T00:00:00Z`)
  return { from: `${month}-01`, to: new Date(after - dayLength).toISOString().slice(0, 'YYYY-MM-DD'.length) }
}

function monthsBefore(month: string, months: number): string {
  return monthText(monthNumber(month)! - months)
}

/** Whole months from the first day of one to the last of another. */
function daysOfMonths(first: string, last: string): DayRange {
  return { from: daysOfMonth(first).from, to: daysOfMonth(last).to }
}

export type QuickRange =
  'thisMonth' | 'lastMonth' | 'lastQuarter' | 'last12Months' | 'sevenDays' | 'thisYear' | 'lastYear'

/** The runs of days that are asked for most, by the instant of asking. */
export const quickRanges: Record<QuickRange, { label: string; at: (now: number) => DayRange }> = {
  thisMonth: { label: '本月', at: (now) => daysOfMonth(monthOfInstant(now)) },
  lastMonth: { label: '上月', at: (now) => daysOfMonth(monthsBefore(monthOfInstant(now), 1)) },
  lastQuarter: {
    label: '上季度',
    at: (now) => {
      const month = monthOfInstant(now)
      const first = monthsBefore(month, (monthNumber(month)! % 3) + 3)
      return daysOfMonths(first, monthsBefore(first, -2))
    },
  },
  // With the month that is under way: the twelfth of them.
  last12Months: {
    label: '近12个月',
    at: (now) => daysOfMonths(monthsBefore(monthOfInstant(now), 11), monthOfInstant(now)),
  },
  sevenDays: { label: '近7天', at: (now) => ({ from: dayOfInstant(now - 6 * dayLength), to: dayOfInstant(now) }) },
  thisYear: { label: '今年', at: (now) => daysOfYear(yearOf(now)) },
  lastYear: { label: '去年', at: (now) => daysOfYear(yearOf(now) - 1) },
}

function yearOf(now: number): number {
  return Number(dayOfInstant(now).slice(0, 'YYYY'.length))
}

function daysOfYear(year: number): DayRange {
  return { from: `${year}-01-01`, to: `${year}-12-31` }
}

export function isQuickRange(text: unknown): text is QuickRange {
  return typeof text === 'string' && Object.hasOwn(quickRanges, text)
}

/** The rules that give just these days at an instant: 上月, 今年. */
export function rulesOf(range: DayRange, now: number): QuickRange[] {
  return (Object.keys(quickRanges) as QuickRange[]).filter((rule) => {
    const { from, to } = quickRanges[rule].at(now)
    return from === range.from && to === range.to
  })
}

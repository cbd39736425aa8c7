import { describe, expect, it } from 'vitest'
import { monthNumber, monthOfInstant, monthText, periodOf, periodsBetween, widen } from './months'

describe('months', () => {
  it('refuses what is no month', () => {
    for (const text of ['2024-13', '2024-00', '2024-1', '24-01', '']) expect(monthNumber(text)).toBeNull()
  })

  it('reads back every month it writes', () => {
    for (let month = 1990 * 12; month < 2200 * 12; month++) expect(monthNumber(monthText(month))).toBe(month)
  })

  it('takes the month of China, not of the machine', () => {
    expect(monthOfInstant(Date.UTC(2026, 9, 31, 15, 59, 59))).toBe('2026-10')
    expect(monthOfInstant(Date.UTC(2026, 9, 31, 16, 0, 0))).toBe('2026-11')
  })
})

describe('periods', () => {
  it('names whole periods as the portal does', () => {
    const month = monthNumber('2024-05')!
    expect(periodOf('month', month)).toEqual({ from: '2024-05', to: '2024-05', label: '2024年05月' })
    expect(periodOf('quarter', month)).toEqual({ from: '2024-04', to: '2024-06', label: '2024年第2季度' })
    expect(periodOf('year', month)).toEqual({ from: '2024-01', to: '2024-12', label: '2024年' })
  })

  it('lists periods newest first, with those at both ends', () => {
    expect(periodsBetween('quarter', '2023-12', '2024-04').map((period) => period.label)).toEqual([
      '2024年第2季度',
      '2024年第1季度',
      '2023年第4季度',
    ])
    expect(periodsBetween('month', '2024-03', '2024-02')).toEqual([])
  })

  it('widens a run to whole periods, whichever end comes first', () => {
    expect(widen('year', '2024-11', '2023-02')).toEqual({ from: '2023-01', to: '2024-12' })
  })
})

import { describe, expect, it } from 'vitest'
import { dayOfInstant, daysOfMonth, isDay, quickRanges, rulesOf } from './days'

describe('days', () => {
  it('are those of the calendar', () => {
    expect(['2024-02-29', '2026-12-31'].map(isDay)).toEqual([true, true])
    expect(['', '2026-02-29', '2026-13-01', '2026-1-1', '2026-01-01 00:00'].map(isDay)).toEqual(Array(5).fill(false))
  })

  it('are those of China, whatever the zone of the machine is', () => {
    expect(dayOfInstant(Date.parse('2026-11-30T15:59:59Z'))).toBe('2026-11-30')
    expect(dayOfInstant(Date.parse('2026-11-30T16:00:00Z'))).toBe('2026-12-01')
  })

  it.each([
    ['2024-02', '2024-02-29'],
    ['2026-02', '2026-02-28'],
    ['2026-12', '2026-12-31'],
    ['2026-04', '2026-04-30'],
  ])('make up a whole month: %s', (month, last) =>
    expect(daysOfMonth(month)).toEqual({ from: `${month}-01`, to: last }),
  )
})

describe('quick choices', () => {
  /** New Year's Eve in London, New Year in China. */
  const newYear = Date.parse('2026-12-31T16:30:00Z')

  it.each([
    ['thisMonth', '2027-01-01', '2027-01-31'],
    ['lastMonth', '2026-12-01', '2026-12-31'],
    ['lastQuarter', '2026-10-01', '2026-12-31'],
    ['last12Months', '2026-02-01', '2027-01-31'],
    ['sevenDays', '2026-12-26', '2027-01-01'],
    ['thisYear', '2027-01-01', '2027-12-31'],
    ['lastYear', '2026-01-01', '2026-12-31'],
  ] as const)('%s', (choice, from, to) => expect(quickRanges[choice].at(newYear)).toEqual({ from, to }))

  it('the last quarter lies before the one of any of its months', () => {
    const at = (day: string) => quickRanges.lastQuarter.at(Date.parse(`${day}T12:00:00Z`))
    expect(['2026-03-31', '2026-04-01', '2026-06-30', '2026-11-20'].map(at)).toEqual([
      { from: '2025-10-01', to: '2025-12-31' },
      { from: '2026-01-01', to: '2026-03-31' },
      { from: '2026-01-01', to: '2026-03-31' },
      { from: '2026-07-01', to: '2026-09-30' },
    ])
  })

  it('a run of days is known by every rule that gives it', () => {
    expect(rulesOf({ from: '2026-12-01', to: '2026-12-31' }, newYear)).toEqual(['lastMonth'])
    expect(rulesOf({ from: '2026-12-01', to: '2026-12-30' }, newYear)).toEqual([])
    // In December the twelve months up to now are the year.
    expect(rulesOf({ from: '2026-01-01', to: '2026-12-31' }, Date.parse('2026-12-05T00:00:00Z'))).toEqual([
      'last12Months',
      'thisYear',
    ])
  })
})

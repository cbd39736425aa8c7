import { describe, expect, it } from 'vitest'
import type { AnalysisRow } from '@/api'
import { analysisCodec } from '@/pages/analysis/analysisQuery'
import { groupIds, isSameState, readView, stateOf, writeView } from '@/pages/analysis/analysisViews'
import type { AnalysisView } from '@/pages/analysis/analysisViews'
import { axisYuan, barOption, monthOption, tooltipOf } from '@/pages/analysis/chartOptions'
import { wholeTripFilter } from '@/pages/trips/tripQuery'

const october = { from: '2026-10-01', to: '2026-10-31' }

function viewOf(change: Partial<AnalysisView> = {}): AnalysisView {
  const form = { ...analysisCodec.read({ by: 'team' })!, ...october, group: '3,none:team', type: 'etcExpressway' }
  return { form, sort: 'paid', descending: true, charts: 'charts', moves: '', groupNames: { 3: '大客户' }, ...change }
}

describe('a view', () => {
  it('gives back what it was made of', () => {
    expect(readView(writeView(viewOf()))).toEqual(viewOf())
    expect(stateOf(viewOf(), Date.parse('2030-01-01T00:00:00Z')).form).toMatchObject(october)
    expect(groupIds(viewOf().form)).toEqual([3])
  })

  it('with a rule has the days of the rule, whenever it is chosen', () => {
    const kept = readView(writeView(viewOf({ moves: 'lastMonth' })))!
    expect(stateOf(kept, Date.parse('2026-11-20T04:00:00Z')).form).toMatchObject(october)
    expect(stateOf(kept, Date.parse('2026-12-31T16:00:00Z')).form).toMatchObject({
      from: '2026-12-01',
      to: '2026-12-31',
    })
  })

  it('is changed by any of its parts, and by nothing else', () => {
    const state = stateOf(viewOf(), 0)
    expect(isSameState(state, { ...state, form: { ...state.form } })).toBe(true)
    // Without an order its direction says nothing.
    expect(isSameState({ ...state, sort: '', descending: true }, { ...state, sort: '', descending: false })).toBe(true)
    for (const other of [
      { ...state, charts: 'none' as const },
      { ...state, descending: false },
      { ...state, form: { ...state.form, by: 'month' } },
      { ...state, form: { ...state.form, to: '2026-11-01' } },
    ]) {
      expect(isSameState(state, other)).toBe(false)
    }
  })

  it('of another version is read as far as it can be, or not at all', () => {
    const odd = { address: { by: 'team', type: 'bicycle' }, charts: 'pie', moves: 'toString' }
    expect(readView(JSON.stringify(odd))).toMatchObject({ form: { by: 'team', type: '' }, charts: 'none', moves: '' })
    expect(['null', '3', '{}', '{"address":{"by":"colour"}}', '{'].map(readView)).toEqual(Array(5).fill(null))
  })
})

function row(label: string, paidFen: number): AnalysisRow {
  const rest = { discountFen: 1500, grossFen: paidFen + 1500, shareBp: 0, perTripFen: 0, refundedFen: 100 }
  return { label, rows: 1234, paidFen, netFen: paidFen - 100, ...rest, drill: wholeTripFilter }
}

describe('a chart', () => {
  const colours = { bar: '#000', line: '#111', text: '#222', rule: '#333', card: '#444' }

  it('draws fen as they are and tells them to the cent', () => {
    const rows = [row('2026年09月', 123456789), row('2026年10月', 5)]
    const months = monthOption(rows, colours) as { series: { data: number[] }[]; xAxis: { data: string[] } }
    expect(months.series.map((each) => each.data)).toEqual([
      [123456789, 5],
      [1234, 1234],
    ])
    expect(months.xAxis.data).toEqual(['26-09', '26-10'])
    expect(tooltipOf(rows[0]!)).toContain('收费金额 1,234,567.89 元')
  })

  it('takes a name for text', () => {
    expect(tooltipOf(row('<img src=x> & "站"', 1))).toContain('&#60;img src=x&#62; &#38; &#34;站&#34;')
    const bars = barOption([row('', 1)], colours, 100) as { yAxis: { data: string[] } }
    expect(bars.yAxis.data).toEqual(['未分组或未知'])
  })

  it('rounds what its axes say', () => {
    expect([0, 99900, 999900, 1_000_000, 1_234_567_800, -2_000_000].map(axisYuan)).toEqual([
      '0',
      '999',
      '9,999',
      '1万',
      '1234.6万',
      '-2万',
    ])
  })
})

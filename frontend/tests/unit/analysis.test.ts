import { describe, expect, it } from 'vitest'
import { viewFromAddress, addressOf } from '@/components/list/useListView'
import { analysisColumns, percentText } from '@/pages/analysis/analysisColumns'
import { analysisCodec, analysisQueryOf } from '@/pages/analysis/analysisQuery'
import { wholeTripFilter } from '@/pages/trips/tripQuery'

const address = {
  by: 'route',
  type: 'etcExpressway,nonExpressway',
  dateBy: 'posted',
  from: '2026-01-01',
  to: '2026-06-30',
  plates: '浙X00001，浙X00002',
  group: '12,none:team',
  min: '100',
  max: '300.5',
  weekdays: '15',
  fromHour: '22',
  toHour: '6',
  sort: 'paid',
  desc: '1',
}

describe('the address of an analysis', () => {
  it('holds all of its filter and gives it back', () => {
    const view = viewFromAddress(analysisCodec, address)!
    expect(addressOf(analysisCodec, view)).toEqual(address)
  })

  it('asks Go for the same, in fen and hours', () => {
    expect(analysisQueryOf(viewFromAddress(analysisCodec, address)!)).toEqual({
      by: 'route',
      sort: 'paid',
      descending: true,
      filter: {
        ...wholeTripFilter,
        type: 'etcExpressway,nonExpressway',
        dateBy: 'posted',
        from: '2026-01-01',
        to: '2026-06-30',
        plates: '浙X00001，浙X00002',
        groups: '12,none:team',
        minFen: 10000,
        maxFen: 30050,
        weekdays: '15',
        fromHour: 22,
        toHour: 6,
      },
    })
  })

  it('drops what is nothing it knows, and is none without a dimension', () => {
    const odd = {
      by: 'month',
      type: 'etcExpressway,bicycle',
      group: '3,3',
      from: 'soon',
      min: '1e3',
      weekdays: '9',
      fromHour: '77',
    }
    expect(viewFromAddress(analysisCodec, odd)!.form).toEqual({ ...analysisCodec.read({ by: 'month' })! })
    expect(viewFromAddress(analysisCodec, { from: '2026-01-01' })).toBeNull()
  })
})

describe('the columns of an analysis', () => {
  it('are named by what is added up', () => {
    expect(analysisColumns('route')[0]!.title).toBe('路线')
    expect(percentText(1499)).toBe('14.99%')
    expect(percentText(5)).toBe('0.05%')
  })
})

import { describe, expect, it } from 'vitest'
import type { LocationQuery } from 'vue-router'
import { addressOf as writeAddress, viewFromAddress as readAddress } from '@/components/list/useListView'
import { billCodec, defaultForm, queryOf } from '@/pages/bills/billQuery'
import type { BillView } from '@/pages/bills/billQuery'
import { stationsText } from '@/lib/passages'

const { codec } = billCodec()
const addressOf = (shown: BillView) => writeAddress(codec, shown)
const viewFromAddress = (address: LocationQuery) => readAddress(codec, address)

const view: BillView = {
  form: {
    plate: '浙X1',
    scene: 'refund',
    by: 'quarter',
    from: '2026-01',
    to: '2026-06',
    group: 'none:team',
    sumBy: 'project',
    vehicle: { vehicleId: 7, cardId: 9, name: '浙X10000【蓝色】 2211****1000' },
  },
  sort: 'amount',
  descending: true,
  page: 3,
}

/** As the router gives an address back: all texts. */
function asAddress(query: object): LocationQuery {
  return Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]))
}

describe('the address of a list', () => {
  it('gives back the view it was made of', () => expect(viewFromAddress(asAddress(addressOf(view)))).toEqual(view))

  it('asks Go for the same', () => {
    expect(queryOf(view)).toEqual({
      filter: {
        plate: '浙X1',
        scene: 'refund',
        by: 'quarter',
        from: '2026-01',
        to: '2026-06',
        vehicleId: 7,
        cardId: 9,
        groupId: 0,
        ungrouped: 'team',
        sumBy: 'project',
      },
      sort: 'amount',
      descending: true,
    })
  })

  it.each([{}, { by: 'week', from: '2026-01', to: '2026-01' }, { by: 'month', from: '2026-01', to: 'soon' }])(
    'is none without a period: %o',
    (address) => expect(viewFromAddress(asAddress(address))).toBeNull(),
  )

  it('does not pass on what nobody offers', () => {
    const read = viewFromAddress({
      by: 'year',
      from: '2026-03',
      to: '2026-02',
      scene: 'tax',
      group: 'none:all',
      sumBy: 'colour',
      vehicle: '-1',
      page: '0',
    })
    expect(read).toMatchObject({
      form: { from: '2026-01', to: '2026-12', scene: '', group: '', sumBy: '', vehicle: null },
      page: 1,
    })
  })
})

describe('the first look', () => {
  const now = Date.UTC(2026, 10, 22)

  it('is at the last final month', () => {
    const form = defaultForm({ first: '2025-09', last: '2026-11', lastFinal: '2026-10' }, now)
    expect([form.by, form.from, form.to]).toEqual(['month', '2026-10', '2026-10'])
  })

  it('is at the newest month while none is final, and at this one with an empty cache', () => {
    expect(defaultForm({ first: '2026-11', last: '2026-11', lastFinal: '' }, now).from).toBe('2026-11')
    expect(defaultForm({ first: '', last: '', lastFinal: '' }, now).from).toBe('2026-11')
  })
})

it('prints stations as the portal does, and a place where there are none', () => {
  expect(stationsText({ entryStation: '浙江临平站', exitStation: '上海新桥主线站', place: '' })).toBe(
    '浙江临平站 上海新桥主线站',
  )
  expect(stationsText({ entryStation: '', exitStation: '', place: '样例停车场' })).toBe('样例停车场')
  expect(stationsText({ entryStation: '', exitStation: '浙江遂昌站', place: '' })).toBe('浙江遂昌站')
})

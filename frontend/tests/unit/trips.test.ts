import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LocationQuery } from 'vue-router'
import type { TripDetail } from '@/api'
import DateRange from '@/components/DateRange.vue'
import { addressOf, viewFromAddress } from '@/components/list/useListView'
import MonthInput from '@/components/MonthInput.vue'
import QuickRanges from '@/components/QuickRanges.vue'
import { distanceText, durationText, taxRateText } from '@/lib/passages'
import { refundColumns, tripColumns, tripFigures } from '@/pages/trips/tripColumns'
import TripDrawer from '@/pages/trips/TripDrawer.vue'
import { queryOf, tripCodec, wholeTripFilter } from '@/pages/trips/tripQuery'
import type { TripForm } from '@/pages/trips/tripQuery'
import { bind } from './binding'

beforeEach(() => setActivePinia(createPinia()))
afterEach(() => vi.useRealTimers())

const codec = tripCodec({ isOfLastMonth: true })
const byMonth = tripCodec({ isByMonth: true, isOfLastMonth: true })
const blank: TripForm = { plate: '', from: '', to: '', refundedFrom: '', refundedTo: '', group: '', vehicle: null }
const form: TripForm = {
  plate: '浙X1',
  from: '2026-10-01',
  to: '2026-10-31',
  refundedFrom: '2026-11-02',
  refundedTo: '',
  group: 'none:team',
  vehicle: { vehicleId: 7, name: '浙X10000【蓝色】' },
}

/** As the router gives an address back: all texts. */
function asAddress(query: object): LocationQuery {
  return Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]))
}

describe('the address of trips and refunds', () => {
  const view = { form, sort: 'paid', descending: true, page: 3 }

  it('gives back the view it was made of', () =>
    expect(viewFromAddress(codec, asAddress(addressOf(codec, view)))).toEqual(view))

  it('is none without a word about the list, and can mean all of it', () => {
    expect(codec.read({ sort: 'paid', page: '2' })).toBeNull()
    expect(codec.read(asAddress(codec.write(blank)))).toEqual(blank)
  })

  it('does not pass on what nobody offers', () => {
    expect(codec.read({ from: '2026-02-30', to: 'soon', group: 'none:all', vehicle: '-1' })).toEqual(blank)
    expect(codec.read({ from: '2026-10-31', to: '2026-10-01' })).toMatchObject({ from: '2026-10-01', to: '2026-10-31' })
  })

  it('is of one whole month where the manual asks for a month', () => {
    expect(byMonth.read({ from: '2026-02-10', to: '2026-04-03' })).toMatchObject({
      from: '2026-02-01',
      to: '2026-02-28',
    })
    expect(byMonth.read({ plate: 'X', from: '2026-02-10' })).toMatchObject({ from: '', to: '' })
  })

  it('asks Go for the same', () => {
    expect(queryOf('etcExpressway', view)).toEqual({
      filter: {
        ...wholeTripFilter,
        type: 'etcExpressway',
        plate: '浙X1',
        from: '2026-10-01',
        to: '2026-10-31',
        refundedFrom: '2026-11-02',
        refundedTo: '',
        vehicleId: 7,
        groupId: 0,
        ungrouped: 'team',
      },
      sort: 'paid',
      descending: true,
    })
  })

  it('starts with the month before for trips, and with everything for refunds', () => {
    vi.setSystemTime(new Date('2026-12-31T16:30:00Z')) // already January in China
    expect(codec.defaults()).toEqual({ ...blank, from: '2026-12-01', to: '2026-12-31' })
    expect(tripCodec({}).defaults()).toEqual(blank)
  })

  it('does not remember the way from a vehicle', () => {
    expect(codec.remembered!(form)).toBeNull()
    expect(codec.remembered!({ ...form, vehicle: null })).toEqual({ ...form, vehicle: null })
  })
})

describe('dates', () => {
  it('never cross: the other end follows', async () => {
    const range = mount(DateRange, { props: { label: '通行时间', from: '2026-10-01', to: '2026-10-31' } })
    const [start, end] = range.findAllComponents({ name: 'DateInput' })
    start!.vm.$emit('update:modelValue', '2026-11-05')
    expect(range.emitted()).toMatchObject({ 'update:from': [['2026-11-05']], 'update:to': [['2026-11-05']] })
    end!.vm.$emit('update:modelValue', '2026-09-30')
    expect(range.emitted('update:from')!.at(-1)).toEqual(['2026-09-30'])
    end!.vm.$emit('update:modelValue', '')
    expect(range.emitted('update:from')).toHaveLength(2)
  })

  it('of a month are its first and last', () => {
    const month = mount(MonthInput, { props: { label: '通行月份', from: '2026-10-01', to: '2026-10-31' } })
    const picker = month.findComponent({ name: 'ElDatePicker' })
    expect(picker.props('modelValue')).toBe('2026-10')
    picker.vm.$emit('update:modelValue', '2024-02')
    expect(month.emitted()).toMatchObject({ 'update:from': [['2024-02-01']], 'update:to': [['2024-02-29']] })
    picker.vm.$emit('update:modelValue', null)
    expect(month.emitted('update:to')!.at(-1)).toEqual([''])
  })

  it('of a quick choice are marked and chosen', async () => {
    vi.setSystemTime(new Date('2026-11-25T04:00:00Z'))
    const range = { from: '2026-10-01', to: '2026-10-31' }
    const quick = mount(QuickRanges, { props: { choices: ['lastMonth', 'sevenDays'], range } })
    expect(quick.findAll('button').map((each) => each.attributes('aria-pressed'))).toEqual(['true', 'false'])
    await quick.find('[data-testid="quick-sevenDays"]').trigger('click')
    expect(quick.emitted('choose')).toEqual([[{ from: '2026-11-19', to: '2026-11-25' }]])
  })
})

describe('columns of the manual', () => {
  const shown = (columns: { title: string; isHidden?: boolean }[]) =>
    columns.filter((column) => !column.isHidden).map(({ title }) => title)

  it('by tab of trips', () => {
    expect(shown(tripColumns('etcExpressway')).join(' ')).toBe(
      '车牌号码 通行时间 扣款日期 ETC通行卡卡号 收费金额(元) 优惠金额(元) 出入口站点 操作',
    )
    expect(shown(tripColumns('otherExpressway')).join(' ')).toBe(
      '车牌号码 通行时间 ETC通行卡卡号 收费金额(元) 出入口站点 操作',
    )
    expect(shown(tripColumns('nonExpressway')).join(' ')).toBe(
      '车牌号码 通行时间 扣款日期 ETC通行卡卡号 收费金额(元) 消费场所 操作',
    )
  })

  it('by tab of refunds, which word success differently', () => {
    const [expressway, places] = [refundColumns('expressway'), refundColumns('nonExpressway')]
    expect(shown(expressway).join(' ')).toBe('车牌号码 出入口收费站 通行时间 退费日期 退款金额(元) 退款状态 操作')
    expect(shown(places).join(' ')).toBe('车牌号码 停车场名称 消费时间 退费日期 退款金额(元) 退款状态 操作')
    const statusOf = (columns: typeof expressway, status: string) =>
      columns.find(({ key }) => key === 'status')!.text({ status } as never)
    expect([statusOf(expressway, 'refunded'), statusOf(places, 'refunded')]).toEqual(['已退款', '退款成功'])
    expect([statusOf(expressway, 'refunding'), statusOf(places, 'refunding')]).toEqual(['退费中', '退费中'])
  })

  it('have no discount where there is none', () => {
    const totals = { rows: 4, paidFen: 8000, discountFen: 0, grossFen: 8000 }
    expect(tripFigures('otherExpressway', totals).map(({ label, value }) => `${label} ${value}`)).toEqual([
      '通行笔数 4',
      '通行费总金额 80.00',
    ])
    expect(tripFigures('etcExpressway', totals).at(-1)).toMatchObject({ label: '总共优惠', value: '0.00' })
  })
})

it('tells how long, how far and at which rate', () => {
  expect([0, 59, 60, 135].map(durationText)).toEqual(['-', '59 分', '1 小时 0 分', '2 小时 15 分'])
  expect([0, 84_350, 1_000].map(distanceText)).toEqual(['-', '84.3 公里', '1.0 公里'])
  expect([0, 300, 625].map(taxRateText)).toEqual(['0%', '3%', '6.25%'])
})

describe('the details of a trip', () => {
  const trip: TripDetail = {
    id: 5,
    vehicleId: 7,
    cardId: 9,
    plate: '浙X10000【蓝色】',
    enteredAt: '2026-10-03 08:00:00',
    passedAt: '2026-10-03 10:15:00',
    postedOn: '2026-10-04',
    card: '2211*****1000',
    entryStation: '浙江临平站',
    exitStation: '上海新桥主线站',
    place: '',
    paidFen: 6460,
    discountFen: 340,
    grossFen: 6800,
    type: 'etcExpressway',
    passId: '010203',
    distanceMetres: 135_000,
    minutes: 135,
    cardType: 'charge',
    channel: '样例银行',
    lines: [],
    refunds: [],
    invoices: [],
  } as never

  async function open(change: object) {
    const { calls } = bind({ 'Trips.Detail': { ...trip, lines: null, refunds: null, invoices: null, ...change } })
    const drawer = mount(TripDrawer, { props: { modelValue: true, tripId: 5 }, attachTo: document.body })
    await flushPromises()
    await vi.waitFor(() => expect(document.querySelector('[data-testid="trip-detail"]')).not.toBeNull())
    expect(calls['Trips.Detail']).toHaveBeenCalledWith(5)
    const text = document.querySelector('[data-testid="trip-detail"]')!.textContent!
    const hasSteps = document.querySelector('[data-testid="step-after"]') !== null
    drawer.unmount()
    return { text, hasSteps }
  }

  it('say in words what there is none of', async () => {
    const { text, hasSteps } = await open({ postedOn: '' })
    for (const words of ['未扣款', '还没有账单明细。', '没有退费。', '尚未开票。']) expect(text).toContain(words)
    expect(hasSteps).toBe(false)
  })

  it('do not wait for a manual lane to be posted', async () => {
    const { text } = await open({ type: 'otherExpressway', postedOn: '' })
    expect(text).toContain('不经ETC扣款')
    expect(text).toContain('没有经ETC扣款，不计入账单。')
  })

  it('say how many trips a merged invoice covers', async () => {
    const invoice = {
      id: 1,
      type: 'merged',
      number: '24332000000012345678',
      title: '浙江样例物流有限公司',
      payee: '样例高速',
      issuedOn: '2026-11-03',
      taxRate: 300,
      netFen: 6272,
      taxFen: 188,
      totalFen: 6460,
      trips: 1204,
    }
    const { text } = await open({ invoices: [invoice] })
    expect(text).toContain('合并票（共 1,204 次通行）')
    expect(text).toMatch(/税率\s*3%\s*金额\s*62\.72 元\s*税额\s*1\.88 元\s*价税合计\s*64\.60 元/)
  })
})

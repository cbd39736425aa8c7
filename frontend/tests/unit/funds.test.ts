import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FundsAllocation, RechargeOrder } from '@/api'
import { fundsCodec, lastThreeMonths } from '@/pages/funds/fundsQuery'
import { allocationStand, countdown, orderStand } from '@/pages/funds/orderTexts'
import { useFundsStore } from '@/stores/funds'
import { allocationProblems, rechargeReasons, rechargeStatusNames } from '@/texts'

function order(change: Partial<RechargeOrder> = {}): RechargeOrder {
  return {
    id: 1,
    state: 'ordered',
    target: 'account',
    plate: '',
    card: '',
    amountFen: 100_00,
    askedAt: '2026-11-26 10:00:00',
    orderNumber: '2026112610000000000001',
    status: 'awaitingPayment',
    reason: '',
    errorCode: '',
    expiresAt: '',
    canPay: true,
    elsewhere: false,
    told: false,
    ...change,
  }
}

function allocation(change: Partial<FundsAllocation> = {}): FundsAllocation {
  return {
    id: 1,
    state: 'asking',
    cards: 3,
    totalFen: 30_00,
    askedAt: '2026-11-26 10:00:00',
    reason: '',
    errorCode: '',
    refusals: [],
    told: false,
    ...change,
  }
}

describe('words', () => {
  it('say of every state of an order what it is and what happens next', () => {
    for (const status of Object.keys(rechargeStatusNames)) {
      const state = ['submitted', 'refunded', 'closed', 'disputed'].includes(status) ? 'ended' : 'ordered'
      const stand = orderStand(order({ status, state, reason: status === 'disputed' ? 'amountDiffers' : '' }))
      expect(stand.what, status).toBe(rechargeStatusNames[status])
      expect(stand.next, status).toMatch(/。$/)
    }
    expect(orderStand(order({ state: 'asking', status: '', errorCode: 'hall_unreachable' })).next).toContain(
      '不会重复下单',
    )
    expect(orderStand(order({ state: 'refused', status: '', errorCode: 'recharge_closed' })).what).toContain(
      '22:00 至次日 2:00',
    )
    expect(orderStand(order({ state: 'refused', status: '', errorCode: 'bad_input' })).what).toContain('限额')
  })

  it('say when the money went to the account because the card could not take it', () => {
    const stand = orderStand(order({ status: 'submitted', state: 'ended', target: 'card', reason: 'cardCancelled' }))
    expect(stand.next).toBe('通行卡已注销，金额已改为充值到用户账户，可预分配到其他通行卡。')
  })

  it('say that a refused allocation did nothing', () => {
    expect(allocationStand(allocation()).next).toContain('不会重复分配')
    for (const reason of ['insufficientFunds', 'cardsRefused']) {
      expect(allocationStand(allocation({ state: 'refused', reason })).next, reason).toContain('一张卡也没有分配')
    }
    expect(allocationStand(allocation({ state: 'ended' })).tone).toBe('good')
  })

  it('know every reason of the contract', () => {
    for (const reason of ['issuerUnreachable', 'issuerRefused', 'amountDiffers', 'refundRefused']) {
      expect(rechargeReasons[reason], reason).toBeTruthy()
    }
    const refusals = ['unknownCard', 'notStoredValue', 'cardLost', 'cardFrozen', 'cardCancelled', 'onStatusList']
    for (const reason of refusals) expect(allocationProblems[reason], reason).toBeTruthy()
  })

  it('count down in hours, minutes and seconds', () => {
    expect([countdown(0), countdown(1), countdown(4 * 3600_000), countdown(3_905_000)]).toEqual([
      '0:00:00',
      '0:00:01',
      '4:00:00',
      '1:05:05',
    ])
  })
})

describe('the filter of a history', () => {
  it('is the last three months at first, and again on the next day', () => {
    const now = Date.UTC(2026, 10, 26, 2)
    expect(lastThreeMonths(now)).toEqual({ from: '2026-09-01', to: '2026-11-26' })
    expect(fundsCodec.remembered!({ plate: '浙A', from: '2020-01-01', to: '2020-01-02' })).toMatchObject({
      plate: '浙A',
      from: expect.not.stringContaining('2020') as string,
    })
  })

  it('turns crossed days around and drops what is no day', () => {
    expect(fundsCodec.read({ from: '2026-11-26', to: '2026-09-01' })).toEqual({
      plate: '',
      from: '2026-09-01',
      to: '2026-11-26',
    })
    expect(fundsCodec.read({ from: 'yesterday', to: '' })).toEqual({ plate: '', from: '', to: '' })
    expect(fundsCodec.read({})).toBeNull()
  })
})

describe('what was asked for', () => {
  beforeEach(() => setActivePinia(createPinia()))
  afterEach(() => vi.unstubAllGlobals())

  it('stays ended, whatever comes late, and is told once', async () => {
    const listeners: Record<string, (value: unknown) => void> = {}
    vi.stubGlobal('runtime', {
      EventsOnMultiple: (name: string, listener: (value: unknown) => void) => {
        listeners[name] = listener
        return () => undefined
      },
    })
    vi.stubGlobal('go', { app: { Funds: { Asked: () => Promise.resolve({ orders: [order()], allocations: null }) } } })
    const funds = useFundsStore()
    const told: string[] = []
    await funds.connect((result) => told.push(result.kind))
    expect(funds.orders.map(({ status }) => status)).toEqual(['awaitingPayment'])
    listeners.order!(order({ state: 'ended', status: 'submitted', canPay: false }))
    listeners.order!(order())
    listeners.order!(order({ state: 'ended', status: 'submitted', canPay: false }))
    listeners.allocation!(allocation({ id: 7, state: 'ended' }))
    expect([told, funds.moves, funds.orders[0]!.status, funds.allocations[0]!.id]).toEqual([
      ['order', 'allocation'],
      2,
      'submitted',
      7,
    ])
    funds.disconnect()
  })
})

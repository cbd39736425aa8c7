import type { FundsAllocation, RechargeOrder } from '@/api'
import { formatCount, formatFen } from '@/lib/money'
import { allocationProblems, faultText, hotline, rechargeReasons, rechargeStatusNames } from '@/texts'

/** How a recharge or an allocation stands, in a word and with what happens next. */
export interface StandText {
  what: string
  next: string
  tone: 'waits' | 'good' | 'bad' | 'soft'
}

/** 用户账户, or the vehicle whose card it is. */
export function targetName(order: Pick<RechargeOrder, 'target' | 'plate' | 'card'>): string {
  return order.target === 'card' ? `${order.plate} 的ETC通行卡（${order.card}）` : '用户账户'
}

const reasonOf = (order: RechargeOrder) =>
  rechargeReasons[order.reason] ?? allocationProblems[order.reason] ?? order.reason

function lastFault(errorCode: string): string {
  return errorCode ? `${faultText({ code: errorCode }).what}；` : ''
}

/** What is wrong with a command that the hall could read: the page has checked the amount against the limits it knew. */
const badOrder = {
  what: '没有下单：金额超出限额，或该通行卡现在不能充值',
  next: '没有扣款。请刷新后核对充值限额和通行卡状态；也可充值到用户账户。',
}

export function orderStand(order: RechargeOrder): StandText {
  if (order.state === 'asking') {
    return {
      what: '正在确认是否已下单',
      next: `${lastFault(order.errorCode)}程序会用同一个编号再次询问，不会重复下单，也不会扣款。关闭程序后下次打开会继续询问。`,
      tone: 'waits',
    }
  }
  if (order.state === 'refused') {
    if (order.errorCode === 'bad_input') return { ...badOrder, tone: 'bad' }
    const { what, next } = faultText({ code: order.errorCode })
    return { what: `没有下单：${what}`, next, tone: 'bad' }
  }
  const what = rechargeStatusNames[order.status] ?? order.status
  const stand = (tone: StandText['tone'], next: string): StandText => ({ what, next, tone })
  switch (order.status) {
    case 'awaitingPayment':
      return stand(
        'waits',
        `${lastFault(order.errorCode)}请在系统浏览器打开的支付宝页面完成支付，结果会自动显示在这里。关闭程序不影响支付，下次打开会继续查询。`,
      )
    case 'paid':
      return stand(
        'waits',
        order.reason
          ? `已收到款项。${reasonOf(order)}，款项不会丢失；可以离开此页或关闭程序。`
          : '已收到款项，正在提交发行系统，通常很快完成；可以离开此页或关闭程序。',
      )
    case 'submitted':
      if (order.reason) {
        return stand('good', `${reasonOf(order)}，金额已改为充值到用户账户，可预分配到其他通行卡。`)
      }
      return stand(
        'good',
        order.target === 'card'
          ? '金额已到该通行卡的未圈存金额，请携带储值卡到线下网点圈存。'
          : '金额已到用户账户；账户名下仅有一个储值卡车辆时，系统已自动分配到该车辆的通行卡，否则请预分配到通行卡。',
      )
    case 'submitFailed':
      return stand(
        'bad',
        `${reasonOf(order)}。款项没有丢失：将原路退回支付账户，结果会显示在这里。疑问致电 ${hotline}。`,
      )
    case 'refunded':
      return stand('soft', `${reasonOf(order)}。款项已原路退回支付账户，到账时间以支付宝为准。`)
    case 'closed':
      return stand('soft', '订单没有支付，不能再支付，也不会扣款。需要时请重新充值。')
    case 'disputed':
      return stand('bad', `${reasonOf(order)}，暂未入账。请保留支付凭证，并致电 ${hotline} 核对。`)
  }
  return stand('waits', '请稍后再查看。')
}

export function allocationStand(allocation: FundsAllocation): StandText {
  if (allocation.state === 'asking') {
    return {
      what: '正在确认是否已分配',
      next: `${lastFault(allocation.errorCode)}程序会用同一个编号再次询问，不会重复分配。关闭程序后下次打开会继续询问。`,
      tone: 'waits',
    }
  }
  if (allocation.state === 'ended') {
    return { what: '预分配成功', next: '金额已到各通行卡的未圈存金额，请携带储值卡到线下网点圈存。', tone: 'good' }
  }
  if (allocation.reason === 'insufficientFunds') {
    return {
      what: '没有分配：可用余额不足',
      next: '余额在核对之后有变化，一张卡也没有分配。请充值或减少金额后重新预分配。',
      tone: 'bad',
    }
  }
  if (allocation.reason === 'cardsRefused') {
    const count = formatCount(allocation.refusals.length)
    return {
      what: `没有分配：${count} 张卡不能分配`,
      next: '一张卡也没有分配。请去掉下列通行卡后重新预分配。',
      tone: 'bad',
    }
  }
  const { what, next } = faultText({ code: allocation.errorCode })
  return { what: `没有分配：${what}`, next, tone: 'bad' }
}

/** A line of news for whoever is on another page. */
export function orderNews(order: RechargeOrder): string {
  return `充值 ${formatFen(order.amountFen)} 元：${orderStand(order).what}`
}

export function allocationNews(allocation: FundsAllocation): string {
  return `预分配 ${formatCount(allocation.cards)} 张卡、${formatFen(allocation.totalFen)} 元：${allocationStand(allocation).what}`
}

/** 3:05:09 until something, for a countdown. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

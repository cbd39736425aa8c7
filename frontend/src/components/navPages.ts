import {
  Bell,
  Calendar,
  Coin,
  Collection,
  CreditCard,
  DataAnalysis,
  Document,
  Download,
  Finished,
  Guide,
  List,
  Notebook,
  Postcard,
  RefreshLeft,
  Setting,
  Tickets,
  User,
  Van,
  Wallet,
} from '@element-plus/icons-vue'
import type { Component } from 'vue'

export interface NavPage {
  to: string
  name: string
  icon: Component
}

export interface NavGroup {
  /** Empty: its page stands by itself. */
  name: string
  pages: NavPage[]
}

const groups: NavGroup[] = [
  { name: '', pages: [{ to: '/center', name: '用户中心', icon: User }] },
  {
    name: 'ETC管理',
    pages: [
      { to: '/fleet/vehicles', name: '车辆管理', icon: Van },
      { to: '/fleet/cards', name: '通行卡管理', icon: CreditCard },
      { to: '/fleet/tags', name: '标签管理', icon: Postcard },
      { to: '/fleet/parking', name: '拓展授权管理', icon: List },
    ],
  },
  {
    name: '账单和通行流水',
    pages: [
      { to: '/bills', name: '账单查询', icon: Tickets },
      { to: '/trips', name: '通行流水查询', icon: Guide },
      { to: '/refunds', name: '退费记录查询', icon: RefreshLeft },
      { to: '/analysis', name: '统计分析', icon: DataAnalysis },
      { to: '/statements', name: '月结单', icon: Notebook },
      { to: '/exports', name: '导出记录', icon: Download },
    ],
  },
  {
    name: '发票服务',
    pages: [
      { to: '/invoices', name: '已开票查询', icon: Document },
      { to: '/coverage', name: '开票核对', icon: Finished },
      { to: '/deduction', name: '进项抵扣台账', icon: Coin },
      { to: '/invoice-settings', name: '开票设置查询', icon: Setting },
    ],
  },
  {
    name: '车队管理',
    pages: [
      { to: '/order/groups', name: '分组管理', icon: Collection },
      { to: '/order/renewals', name: '证件到期', icon: Calendar },
      { to: '/order/alerts', name: '提醒', icon: Bell },
    ],
  },
]

const funds: NavGroup = {
  name: '储值卡资金服务',
  pages: [
    { to: '/funds/money', name: '充值-预分配-圈存', icon: Wallet },
    { to: '/funds/history', name: '历史记录', icon: Coin },
  ],
}

/** The pages in the manual's groups; those of stored-value cards only for who has some, or money left (manual 2.4.1). */
export function navGroups(hasFunds: boolean): NavGroup[] {
  return hasFunds ? [...groups, funds] : groups
}

/** The page of Alt+1 to Alt+9: as they stand in the navigation. */
export function pageOfKey(key: string, hasFunds: boolean): NavPage | undefined {
  if (!/^[1-9]$/.test(key)) return undefined
  return navGroups(hasFunds).flatMap(({ pages }) => pages)[Number(key) - 1]
}

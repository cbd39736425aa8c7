import type { RouteRecordRaw } from 'vue-router'

const page = () => import('@/components/TabbedPage.vue')

/** 储值卡资金服务 (manual 2.8): a tab is a route, so that other pages lead to it. */
export const fundsRoutes: RouteRecordRaw[] = [
  {
    path: 'funds/money',
    component: page,
    props: { label: '充值-预分配-圈存', names: { recharge: '在线充值', allocate: '预分配', load: '圈存' } },
    meta: { title: '充值-预分配-圈存' },
    children: [
      { path: '', redirect: '/funds/money/recharge' },
      { path: 'recharge', name: 'recharge', component: () => import('./RechargeTab.vue') },
      { path: 'allocate', name: 'allocate', component: () => import('./AllocateTab.vue') },
      { path: 'load', name: 'load', component: () => import('./LoadTab.vue') },
    ],
  },
  {
    path: 'funds/history',
    component: page,
    props: {
      label: '历史记录',
      names: { recharges: '充值记录', allocations: '预分配记录', loads: '圈存记录' },
      carried: ['from', 'to'],
    },
    meta: { title: '历史记录' },
    children: [
      { path: '', redirect: '/funds/history/recharges' },
      { path: 'recharges', name: 'recharges', component: () => import('./RechargesTab.vue') },
      { path: 'allocations', name: 'allocations', component: () => import('./AllocationsTab.vue') },
      { path: 'loads', name: 'loads', component: () => import('./LoadsTab.vue') },
    ],
  },
]

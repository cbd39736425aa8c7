import type { RouteRecordRaw } from 'vue-router'

/** 通行费进项抵扣台账. */
export const deductionRoutes: RouteRecordRaw[] = [
  {
    path: 'deduction',
    component: () => import('@/components/TabbedPage.vue'),
    props: { label: '进项抵扣台账', names: { deduction: '发票明细', deductionSums: '汇总' } },
    meta: { title: '进项抵扣台账' },
    children: [
      { path: '', redirect: '/deduction/invoices' },
      { path: 'invoices', name: 'deduction', component: () => import('./LedgerTab.vue') },
      { path: 'sums', name: 'deductionSums', component: () => import('./SumsTab.vue') },
    ],
  },
]

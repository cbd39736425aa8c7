import type { RouteRecordRaw } from 'vue-router'

/** 开票核对: what is invoiced of each trip and month, what is not, and why. */
export const coverageRoutes: RouteRecordRaw[] = [
  {
    path: 'coverage',
    component: () => import('@/components/TabbedPage.vue'),
    props: {
      label: '开票核对',
      names: { coverageMonths: '按月核对', coverageTrips: '通行明细', coverageInvoices: '无对应通行的发票' },
    },
    meta: { title: '开票核对' },
    children: [
      { path: '', redirect: '/coverage/months' },
      { path: 'months', name: 'coverageMonths', component: () => import('./MonthsTab.vue') },
      { path: 'trips', name: 'coverageTrips', component: () => import('./CoverageTripsTab.vue') },
      { path: 'invoices', name: 'coverageInvoices', component: () => import('./CoverageInvoicesTab.vue') },
    ],
  },
]

import type { RouteRecordRaw } from 'vue-router'

const tab = () => import('./InvoicesTab.vue')

/** 已开票查询 and 开票设置查询 (manual 2.7). */
export const invoiceRoutes: RouteRecordRaw[] = [
  {
    path: 'invoices',
    component: () => import('@/components/TabbedPage.vue'),
    props: {
      label: '已开票查询',
      names: { tripInvoices: '单程票', mergedInvoices: '合并票' },
      carried: ['vehicle', 'name'],
    },
    meta: { title: '已开票查询' },
    children: [
      { path: '', redirect: '/invoices/trips' },
      { path: 'trips', name: 'tripInvoices', component: tab, props: { name: 'tripInvoices', type: 'perTrip' } },
      { path: 'merged', name: 'mergedInvoices', component: tab, props: { name: 'mergedInvoices', type: 'merged' } },
    ],
  },
  {
    path: 'invoice-settings',
    name: 'invoiceSettings',
    component: () => import('./SettingsPage.vue'),
    meta: { title: '开票设置查询' },
  },
]

import { createRouter, createWebHashHistory } from 'vue-router'
import type { Router, RouterHistory } from 'vue-router'
import { coverageRoutes } from '@/pages/coverage/routes'
import { deductionRoutes } from '@/pages/deduction/routes'
import { fundsRoutes } from '@/pages/funds/routes'
import { invoiceRoutes } from '@/pages/invoices/routes'
import { tripRoutes } from '@/pages/trips/routes'
import { useSessionStore } from '@/stores/session'

/** Hash history: the webview serves files, not paths. */
export function makeRouter(history: RouterHistory = createWebHashHistory()): Router {
  const router = createRouter({
    history,
    routes: [
      { path: '/login', name: 'login', component: () => import('@/pages/login/LoginPage.vue') },
      {
        path: '/',
        component: () => import('@/components/OpenedShell.vue'),
        redirect: '/bills/statistics',
        children: [
          {
            path: 'bills',
            component: () => import('@/components/TabbedPage.vue'),
            props: { label: '账单查询', names: { statistics: '账单统计', lines: '账单明细' } },
            meta: { title: '账单查询' },
            children: [
              { path: '', redirect: '/bills/statistics' },
              { path: 'statistics', name: 'statistics', component: () => import('@/pages/bills/StatisticsTab.vue') },
              { path: 'lines', name: 'lines', component: () => import('@/pages/bills/LinesTab.vue') },
            ],
          },
          ...tripRoutes,
          ...invoiceRoutes,
          ...coverageRoutes,
          ...deductionRoutes,
          {
            path: 'analysis',
            name: 'analysis',
            component: () => import('@/pages/analysis/AnalysisPage.vue'),
            meta: { title: '统计分析' },
          },
          {
            path: 'statements',
            name: 'statements',
            component: () => import('@/pages/statements/StatementsPage.vue'),
            meta: { title: '月结单' },
          },
          {
            path: 'center',
            name: 'center',
            component: () => import('@/pages/center/CenterPage.vue'),
            meta: { title: '用户中心' },
          },
          {
            path: 'fleet/vehicles',
            name: 'vehicles',
            component: () => import('@/pages/fleet/VehiclesPage.vue'),
            meta: { title: '车辆管理' },
          },
          {
            path: 'fleet/cards',
            name: 'cards',
            component: () => import('@/pages/fleet/CardsPage.vue'),
            meta: { title: '通行卡管理' },
          },
          {
            path: 'fleet/tags',
            name: 'tags',
            component: () => import('@/pages/fleet/TagsPage.vue'),
            meta: { title: '标签管理' },
          },
          {
            path: 'fleet/parking',
            name: 'parking',
            component: () => import('@/pages/fleet/ParkingPage.vue'),
            meta: { title: '拓展授权管理' },
          },
          {
            path: 'order/groups',
            name: 'groups',
            component: () => import('@/pages/order/GroupsPage.vue'),
            meta: { title: '分组管理' },
          },
          {
            path: 'order/renewals',
            name: 'renewals',
            component: () => import('@/pages/order/RenewalsPage.vue'),
            meta: { title: '证件到期' },
          },
          {
            path: 'order/alerts',
            name: 'alerts',
            component: () => import('@/pages/order/AlertsPage.vue'),
            meta: { title: '提醒' },
          },
          ...fundsRoutes,
          {
            path: 'exports',
            name: 'exports',
            component: () => import('@/pages/exports/ExportsPage.vue'),
            meta: { title: '导出记录' },
          },
        ],
      },
      { path: '/:unknown(.*)*', redirect: '/' },
    ],
  })
  router.beforeEach((to) => {
    const session = useSessionStore()
    if (to.name !== 'login') return session.isSignedIn ? true : { name: 'login' }
    return session.isSignedIn && !session.needsNewSignIn ? { name: 'statistics' } : true
  })
  return router
}

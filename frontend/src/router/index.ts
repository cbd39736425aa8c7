import { createRouter, createWebHashHistory } from 'vue-router'
import type { Router, RouterHistory } from 'vue-router'
import { useSessionStore } from '@/stores/session'

/** Hash history: the webview serves files, not paths. */
export function makeRouter(history: RouterHistory = createWebHashHistory()): Router {
  const router = createRouter({
    history,
    routes: [
      { path: '/login', name: 'login', component: () => import('@/pages/login/LoginPage.vue') },
      {
        path: '/',
        component: () => import('@/components/AppShell.vue'),
        redirect: '/bills/statistics',
        children: [
          {
            path: 'bills',
            component: () => import('@/pages/bills/BillsPage.vue'),
            meta: { title: '账单查询' },
            children: [
              { path: '', redirect: '/bills/statistics' },
              { path: 'statistics', name: 'statistics', component: () => import('@/pages/bills/StatisticsTab.vue') },
              { path: 'lines', name: 'lines', component: () => import('@/pages/bills/LinesTab.vue') },
            ],
          },
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

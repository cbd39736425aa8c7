import type { RouteRecordRaw } from 'vue-router'

const page = () => import('@/components/TabbedPage.vue')
const tripsTab = () => import('./TripsTab.vue')
const refundsTab = () => import('./RefundsTab.vue')

/** 通行流水查询 and 退费记录查询: a tab is a route, so each has an address and a last filter of its own. */
export const tripRoutes: RouteRecordRaw[] = [
  {
    path: 'trips',
    component: page,
    props: {
      label: '通行流水查询',
      names: { etcTrips: 'ETC高速通行记录', otherTrips: '非ETC高速通行记录', placeTrips: '非高速场景通行记录' },
      // A vehicle that was come from another page with stays when the tab is changed.
      carried: ['vehicle', 'name'],
    },
    meta: { title: '通行流水查询' },
    children: [
      { path: '', redirect: '/trips/etc' },
      { path: 'etc', name: 'etcTrips', component: tripsTab, props: { name: 'etcTrips', type: 'etcExpressway' } },
      {
        path: 'other',
        name: 'otherTrips',
        component: tripsTab,
        props: { name: 'otherTrips', type: 'otherExpressway' },
      },
      { path: 'places', name: 'placeTrips', component: tripsTab, props: { name: 'placeTrips', type: 'nonExpressway' } },
    ],
  },
  {
    path: 'refunds',
    component: page,
    props: {
      label: '退费记录查询',
      names: { expresswayRefunds: '高速通行', placeRefunds: '非高速通行' },
    },
    meta: { title: '退费记录查询' },
    children: [
      { path: '', redirect: '/refunds/expressway' },
      {
        path: 'expressway',
        name: 'expresswayRefunds',
        component: refundsTab,
        props: { name: 'expresswayRefunds', type: 'expressway' },
      },
      {
        path: 'places',
        name: 'placeRefunds',
        component: refundsTab,
        props: { name: 'placeRefunds', type: 'nonExpressway' },
      },
    ],
  },
]

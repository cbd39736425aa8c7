import type { RouteLocationRaw } from 'vue-router'
import type { FleetTotals } from '@/api'

export interface Tile {
  key: keyof FleetTotals
  name: string
  unit: string
  to: RouteLocationRaw
  isAlarming?: boolean
}

const vehicles = (query: Record<string, string>) => ({ name: 'vehicles', query })
const cards = (query: Record<string, string>) => ({ name: 'cards', query })

/** The totals of 用户中心, each with the list that it counts. */
export const tiles: Tile[] = [
  { key: 'vehicles', name: '车辆总数', unit: '辆', to: vehicles({ all: '1' }) },
  { key: 'valid', name: '有效车辆', unit: '辆', to: vehicles({ vehicleStatus: 'valid' }) },
  { key: 'historical', name: '历史车辆', unit: '辆', to: vehicles({ vehicleStatus: 'historical' }) },
  {
    key: 'listed',
    name: '状态名单内',
    unit: '辆',
    to: vehicles({ vehicleStatus: 'valid', listed: 'listed' }),
    isAlarming: true,
  },
  { key: 'chargeCards', name: '记账卡', unit: '张', to: cards({ cardType: 'charge', cardStatus: 'issued' }) },
  { key: 'storedValueCards', name: '储值卡', unit: '张', to: cards({ cardType: 'storedValue', cardStatus: 'issued' }) },
  { key: 'lostCards', name: '已挂失', unit: '张', to: vehicles({ cardStatus: 'lost' }) },
  { key: 'frozenCards', name: '已冻结', unit: '张', to: vehicles({ cardStatus: 'frozen' }) },
  { key: 'tags', name: '标签', unit: '个', to: { name: 'tags', query: { tagStatus: 'issued' } } },
  { key: 'signed', name: '已签约', unit: '张', to: cards({ cardType: 'charge', cardStatus: 'issued' }) },
]

import type { GridColumn } from '@/components/grid/types'

interface Grouped {
  team: string
  project: string
  customer: string
}

/** The groups that a vehicle is in today: local order, beside what the hall knows. */
export function groupColumns<T extends Grouped>(isHidden = false): GridColumn<T>[] {
  return [
    { key: 'team', title: '车队', width: 84, sort: 'team', isHidden, text: (row) => row.team },
    { key: 'project', title: '项目', width: 84, sort: 'project', isHidden, text: (row) => row.project },
    { key: 'customer', title: '客户', width: 84, sort: 'customer', isHidden, text: (row) => row.customer },
  ]
}

/** What stands where there is nothing. */
export const orDash = (text: string) => text || '-'

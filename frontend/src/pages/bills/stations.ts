import type { LineRow } from '@/api'

/** As the portal prints it: 入口 出口 with a blank between; a car park or an ordinary road has a place instead. */
export function stationsText(row: Pick<LineRow, 'entryStation' | 'exitStation' | 'place'>): string {
  const stations = [row.entryStation, row.exitStation].filter((station) => station !== '').join(' ')
  return stations || row.place || '-'
}

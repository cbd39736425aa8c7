import type { LineRow } from '@/api'

/** As the portal prints it: 入口 出口 with a blank between; a car park or an ordinary road has a place instead. */
export function stationsText(row: Pick<LineRow, 'entryStation' | 'exitStation' | 'place'>): string {
  const stations = [row.entryStation, row.exitStation].filter((station) => station !== '').join(' ')
  return stations || row.place || '-'
}

/** 135 → "2 小时 15 分"; 0 is unknown. */
export function durationText(minutes: number): string {
  if (minutes <= 0) return '-'
  const hours = Math.floor(minutes / 60)
  return hours > 0 ? `${hours} 小时 ${minutes % 60} 分` : `${minutes} 分`
}

/** 84350 metres → "84.3 公里", rounded down; 0 is unknown. */
export function distanceText(metres: number): string {
  return metres > 0 ? `${(Math.floor(metres / 100) / 10).toFixed(1)} 公里` : '-'
}

/** Hundredths of a percent: 300 → "3%", 625 → "6.25%". */
export function taxRateText(rate: number): string {
  return `${rate / 100}%`
}

export const phaseNames: Record<string, string> = { fetching: '接收数据', indexing: '建立索引', proving: '月度核对' }

export function agoText(minutes: number): string {
  if (minutes < 1) return '刚刚'
  if (minutes < 60) return `${minutes} 分钟前`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} 小时前`
  return `${Math.floor(minutes / (24 * 60))} 天前`
}

/** "2026-11-22 20:10:31" → "11-22 20:10": a badge has no room for more. */
export function shortTime(time: string): string {
  return time.slice(5, 16)
}

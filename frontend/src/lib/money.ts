/** Money comes from Go as whole fen; fen of any fleet stay below 2^53, so whole-number arithmetic is exact. */

/** Groups digits by thousands; the locale is spelt out here because webviews disagree about an unnamed one. */
function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** 2559973 → "25,599.73". A value that is no safe whole number shows as a dash rather than as a wrong amount. */
export function formatFen(fen: number): string {
  if (!Number.isSafeInteger(fen)) return '—'
  const size = Math.abs(fen)
  const cents = size % 100
  const yuan = (size - cents) / 100
  return `${fen < 0 ? '-' : ''}${group(String(yuan))}.${String(cents).padStart(2, '0')}`
}

/** 1234567 → "1,234,567". */
export function formatCount(count: number): string {
  if (!Number.isSafeInteger(count)) return '—'
  return `${count < 0 ? '-' : ''}${group(String(Math.abs(count)))}`
}

/** Bytes for people: "1.2 MB". Whole tenths, rounded down, so that nothing claims more than it holds. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB']
  let size = Math.max(0, bytes)
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return unit === 0 ? `${size} B` : `${Math.floor(size * 10) / 10} ${units[unit]}`
}

/** "1,234.5" → 123450 fen; null for what is no amount of at most two decimals. Read as digits: a float never holds money. */
export function parseYuan(text: string): number | null {
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text.trim().replace(/[,，]/g, ''))
  return match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : null
}

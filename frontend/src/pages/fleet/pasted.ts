import type { Pasted, PastedRow } from '@/api'
import { formatCount } from '@/lib/money'

/** What the preview of a pasted list says: nothing of it may be dropped in silence. */

const names: [string, string][] = [
  ['unknown', '没有这辆车'],
  ['ambiguous', '同号多色'],
  ['duplicate', '重复'],
  ['unreadable', '无法识别'],
]

export function problemRows(pasted: Pasted): PastedRow[] {
  return pasted.rows.filter((row) => row.problem !== '')
}

export function matchedIds(pasted: Pasted): number[] {
  return pasted.rows.filter((row) => row.problem === '').map((row) => row.vehicleId)
}

export function pastedSummary(pasted: Pasted): string {
  const problems = problemRows(pasted)
  const text = `共 ${formatCount(pasted.rows.length)} 行，找到 ${formatCount(pasted.matched)} 辆车`
  if (problems.length === 0) return `${text}，没有问题。`
  const parts = names
    .map(([problem, name]) => [name, problems.filter((row) => row.problem === problem).length] as const)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${formatCount(count)} 行`)
  return `${text}；以下 ${formatCount(problems.length)} 行不会分配（${parts.join('，')}）：`
}

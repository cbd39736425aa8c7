import { computed, reactive } from 'vue'
import type { AssignmentResult, GroupKind, Target } from '@/api'
import { formatCount } from '@/lib/money'
import { monthOfInstant } from '@/lib/months'
import { useOrderStore } from '@/stores/order'
import { groupKindNames } from '@/texts'

/** A new group, or none at all, in the place of a group's number. */
export const newGroup = 'new'
export const noGroup = 'none'

/** What an assignment is made of before it is sent: into which group, and for which days. */
export interface AssignmentDraft {
  kind: GroupKind
  /** A group's number as text, newGroup, noGroup, or '' while nothing is chosen. */
  group: string
  /** Of a new group. */
  name: string
  from: string
  to: string
  /** From the beginning of time: then `from` does not count. */
  isEverSince: boolean
}

export function useAssignment() {
  const order = useOrderStore()
  const draft = reactive<AssignmentDraft>(fresh())

  const fault = computed(() => {
    if (draft.group === '') return `请选择${groupKindNames[draft.kind]}`
    if (draft.group === newGroup && draft.name.trim() === '') return `请输入新${groupKindNames[draft.kind]}的名称`
    if (!draft.isEverSince && !draft.from) return '请选择开始日期，或勾选「一直以来」'
    if (!draft.isEverSince && draft.to && draft.from > draft.to) return '开始日期不能晚于结束日期'
    return ''
  })

  /** A bill of this month then counts with the new group as a whole. */
  function fresh(): AssignmentDraft {
    const from = `${monthOfInstant(Date.now())}-01`
    return { kind: 'team', group: '', name: '', from, to: '', isEverSince: false }
  }

  function reset(): void {
    Object.assign(draft, fresh())
  }

  async function submit(target: Target): Promise<string> {
    const groupId = await groupIdOf()
    const result = await order.assign({
      kind: draft.kind,
      groupId,
      from: draft.isEverSince ? '' : draft.from,
      to: draft.to,
      target,
    })
    return doneText(result, groupId)
  }

  async function groupIdOf(): Promise<number> {
    if (draft.group === noGroup) return 0
    if (draft.group !== newGroup) return Number(draft.group)
    const name = draft.name.trim()
    const known = order.byKind(draft.kind).find((group) => group.name === name)
    if (known) return known.id
    return (await order.saveGroup({ id: 0, kind: draft.kind, name, note: '', vehicles: 0 })).id
  }

  function doneText({ assigned, moved }: AssignmentResult, groupId: number): string {
    const kind = groupKindNames[draft.kind]!
    if (groupId === 0) return `已把 ${formatCount(assigned)} 辆车移出${kind}`
    const text = `已把 ${formatCount(assigned)} 辆车分配到${kind}「${order.nameOf(groupId)}」`
    return moved > 0 ? `${text}，其中 ${formatCount(moved)} 辆原在其他${kind}` : text
  }

  return { draft, fault, reset, submit }
}

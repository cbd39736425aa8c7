/** The choice of a group in a filter, as one text: '' all, '12' the group of that number, 'none:team' the vehicles that are in no team. */
export function isGroupChoice(text: string): boolean {
  return /^[1-9]\d{0,14}$/.test(text) || /^none:(team|project|customer)$/.test(text)
}

/** Several choices, any of which a vehicle may be in: '12,none:team'. */
export function groupChoices(mix: string): string[] {
  return mix === '' ? [] : mix.split(',')
}

export function isGroupMix(text: string): boolean {
  const choices = groupChoices(text)
  return choices.every(isGroupChoice) && new Set(choices).size === choices.length
}

export function groupFilter(choice: string): { groupId: number; ungrouped: string } {
  if (choice.startsWith('none:')) return { groupId: 0, ungrouped: choice.slice('none:'.length) }
  return { groupId: Number(choice) || 0, ungrouped: '' }
}

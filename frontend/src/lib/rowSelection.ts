/**
 * Rows that are ticked in a list of which only a part is here. Either the ticked ones are named, or all of the list are ticked but the
 * ones named: so a million rows can be chosen without any of them being loaded.
 */
export interface RowSelection {
  all: boolean
  /** While not all: the ticked ones. */
  ids: ReadonlySet<number>
  /** While all: the ones that are not. */
  except: ReadonlySet<number>
}

export const nothingTicked: RowSelection = { all: false, ids: new Set(), except: new Set() }
export const allTicked: RowSelection = { all: true, ids: new Set(), except: new Set() }

export function isTicked(selection: RowSelection, id: number): boolean {
  return selection.all ? !selection.except.has(id) : selection.ids.has(id)
}

export function withTicks(selection: RowSelection, ids: Iterable<number>, ticked: boolean): RowSelection {
  const named = new Set(selection.all ? selection.except : selection.ids)
  for (const id of ids) {
    if (ticked === selection.all) named.delete(id)
    else named.add(id)
  }
  return selection.all ? { ...selection, except: named } : { ...selection, ids: named }
}

/** How many are ticked in a list of so many rows. */
export function countTicked(selection: RowSelection, total: number): number {
  return selection.all ? Math.max(0, total - selection.except.size) : selection.ids.size
}

/** What the box over all rows shows. */
export function headerTick(selection: RowSelection, total: number): 'none' | 'some' | 'all' {
  const count = countTicked(selection, total)
  if (count === 0) return 'none'
  return count >= total ? 'all' : 'some'
}

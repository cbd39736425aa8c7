import { addressOf, viewFromAddress } from '@/components/list/useListView'
import { isQuickRange, quickRanges } from '@/lib/days'
import type { QuickRange } from '@/lib/days'
import { groupChoices } from '@/lib/groupChoice'
import { analysisCodec } from './analysisQuery'
import type { AnalysisForm } from './analysisQuery'

/** How the charts stand above the table: not at all, as pictures, or as the figures they draw. */
export type ChartMode = 'none' | 'charts' | 'figures'

const chartModes: ChartMode[] = ['none', 'charts', 'figures']

export function isChartMode(value: unknown): value is ChartMode {
  return chartModes.includes(value as ChartMode)
}

/** Everything that a view gives back at once. */
export interface AnalysisState {
  form: AnalysisForm
  sort: string
  descending: boolean
  charts: ChartMode
}

/** A view as it is kept: with `moves` its days are those of the rule whenever it is chosen, and not those of its form. */
export interface AnalysisView extends AnalysisState {
  moves: QuickRange | ''
  /** What its groups were called: one that is deleted later can still be named. */
  groupNames: Record<string, string>
}

/** What the cache keeps of a view: its address, which every version of the page reads with care. */
interface KeptView {
  address: Record<string, string>
  charts: ChartMode
  moves: QuickRange | ''
  groupNames: Record<string, string>
}

export function writeView({ charts, moves, groupNames, ...state }: AnalysisView): string {
  const address = addressOf(analysisCodec, { ...state, page: 1 }) as Record<string, string>
  return JSON.stringify({ address, charts, moves, groupNames } satisfies KeptView)
}

/** Null for what is no view, as another version may have kept it. */
export function readView(body: string): AnalysisView | null {
  let kept: Partial<KeptView> | null
  try {
    kept = JSON.parse(body) as Partial<KeptView> | null
  } catch {
    return null
  }
  const view = viewFromAddress(analysisCodec, kept?.address ?? {})
  if (!view || !kept) return null
  const { form, sort, descending } = view
  return {
    ...{ form, sort, descending },
    charts: isChartMode(kept.charts) ? kept.charts : 'none',
    moves: isQuickRange(kept.moves) ? kept.moves : '',
    groupNames: kept.groupNames ?? {},
  }
}

/** What a view shows when it is chosen at an instant. */
export function stateOf({ form, sort, descending, charts, moves }: AnalysisView, now: number): AnalysisState {
  const days = moves ? quickRanges[moves].at(now) : {}
  return { form: { ...form, ...days }, sort, descending, charts }
}

/** Orders and hidden empties apart, two states are equal when they show the same. */
export function isSameState(a: AnalysisState, b: AnalysisState): boolean {
  const text = ({ charts, ...state }: AnalysisState) =>
    JSON.stringify([Object.entries(addressOf(analysisCodec, { ...state, page: 1 })).sort(), charts])
  return text(a) === text(b)
}

/** The numbers of the groups that a filter names. */
export function groupIds(form: AnalysisForm): number[] {
  return groupChoices(form.group).map(Number).filter(Boolean)
}

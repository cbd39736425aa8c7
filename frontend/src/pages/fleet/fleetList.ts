import type { Target } from '@/api'
import type { RowList } from '@/components/detail/useRowDetail'

/** What FleetList offers to the page around it. */
export interface FleetListHandle<T> extends RowList<T> {
  /** The ticked rows, as Go takes them. */
  target(): Target
  tickedCount(): number
  clearTicks(): void
  reload(): void
}

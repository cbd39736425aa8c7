import { ref } from 'vue'
import { bills } from '@/api'
import type { BillFilter, BillQuery, Span } from '@/api'
import { textIn, wholeNumber } from '@/components/list/useListView'
import type { FormCodec, ListView } from '@/components/list/useListView'
import { groupFilter, isGroupChoice } from '@/lib/groupChoice'
import { isPeriodKind, monthNumber, monthOfInstant, widen } from '@/lib/months'
import type { PeriodKind } from '@/lib/months'
import { groupKindNames, sceneNames } from '@/texts'

/** What the filter bar edits. `vehicle` is set by a drill-down and narrows to one vehicle's card. */
export interface BillForm {
  plate: string
  scene: string
  by: PeriodKind
  from: string
  to: string
  /** As of lib/groupChoice. */
  group: string
  /** Statistics alone: a kind of group to add up by; empty: vehicle and card. */
  sumBy: string
  vehicle: { vehicleId: number; cardId: number; name: string } | null
}

export type BillView = ListView<BillForm>

/**
 * The first look is at the last month that is final: the bill that can be booked now. With none final yet it is the newest month, with
 * an empty cache the current one.
 */
export function defaultForm(span: Span, now: number): BillForm {
  const month = span.lastFinal || span.last || monthOfInstant(now)
  return { plate: '', scene: '', by: 'month', from: month, to: month, group: '', sumBy: '', vehicle: null }
}

/** How a bill list's filter is written into an address: one that names no period is none. */
export function billCodec() {
  const span = ref<Span>({ first: '', last: '', lastFinal: '' })
  const codec: FormCodec<BillForm> = {
    read: (address) => {
      const text = (key: string) => textIn(address[key])
      const [by, from, to] = [text('by'), text('from'), text('to')]
      if (!isPeriodKind(by) || monthNumber(from) === null || monthNumber(to) === null) return null
      const vehicleId = wholeNumber(text('vehicle'))
      return {
        plate: text('plate'),
        scene: text('scene') in sceneNames ? text('scene') : '',
        by,
        ...widen(by, from, to),
        group: isGroupChoice(text('group')) ? text('group') : '',
        sumBy: text('sumBy') in groupKindNames ? text('sumBy') : '',
        vehicle: vehicleId > 0 ? { vehicleId, cardId: wholeNumber(text('card')), name: text('name') } : null,
      }
    },
    write: (form) => ({
      by: form.by,
      from: form.from,
      to: form.to,
      ...(form.plate && { plate: form.plate }),
      ...(form.scene && { scene: form.scene }),
      ...(form.group && { group: form.group }),
      ...(form.sumBy && { sumBy: form.sumBy }),
      ...(form.vehicle && { vehicle: form.vehicle.vehicleId, card: form.vehicle.cardId, name: form.vehicle.name }),
    }),
    defaults: () => defaultForm(span.value, Date.now()),
    remembered: (form) => ({ ...form, vehicle: null }),
    prepare: loadSpan,
  }

  async function loadSpan(): Promise<void> {
    span.value = await bills.span()
  }

  return { span, codec, loadSpan }
}

export function queryOf({ form, sort, descending }: BillView): BillQuery {
  const filter: BillFilter = {
    plate: form.plate,
    scene: form.scene,
    by: form.by,
    from: form.from,
    to: form.to,
    vehicleId: form.vehicle?.vehicleId ?? 0,
    cardId: form.vehicle?.cardId ?? 0,
    ...groupFilter(form.group),
    sumBy: form.sumBy,
  }
  return { filter, sort, descending }
}

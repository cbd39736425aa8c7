import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { BillFilter, BillQuery, Span } from '@/api'
import { isPeriodKind, monthNumber, monthOfInstant, widen } from '@/lib/months'
import type { PeriodKind } from '@/lib/months'
import { sceneNames } from '@/texts'

/** What the filter bar edits. `vehicle` is set by a drill-down and narrows to one vehicle's card. */
export interface BillForm {
  plate: string
  scene: string
  by: PeriodKind
  from: string
  to: string
  vehicle: { vehicleId: number; cardId: number; name: string } | null
}

/** A form with order and page: everything that the address of a list holds. */
export interface BillView {
  form: BillForm
  sort: string
  descending: boolean
  page: number
}

/**
 * The first look is at the last month that is final: the bill that can be booked now. With none final yet it is the newest month, with
 * an empty cache the current one.
 */
export function defaultForm(span: Span, now: number): BillForm {
  const month = span.lastFinal || span.last || monthOfInstant(now)
  return { plate: '', scene: '', by: 'month', from: month, to: month, vehicle: null }
}

/** Reads an address; null when it names no period, and so no list. */
export function viewFromAddress(address: LocationQuery): BillView | null {
  const text = (key: string) => (typeof address[key] === 'string' ? address[key] : '')
  const [by, from, to] = [text('by'), text('from'), text('to')]
  if (!isPeriodKind(by) || monthNumber(from) === null || monthNumber(to) === null) return null
  const vehicleId = wholeNumber(text('vehicle'))
  return {
    form: {
      plate: text('plate'),
      scene: text('scene') in sceneNames ? text('scene') : '',
      by,
      ...widen(by, from, to),
      vehicle: vehicleId > 0 ? { vehicleId, cardId: wholeNumber(text('card')), name: text('name') } : null,
    },
    sort: text('sort'),
    descending: text('desc') === '1',
    page: Math.max(1, wholeNumber(text('page'))),
  }
}

/** The address of a view; what is at its default is left out. */
export function addressOf(view: BillView): LocationQueryRaw {
  const { form } = view
  const address: LocationQueryRaw = { by: form.by, from: form.from, to: form.to }
  if (form.plate) address.plate = form.plate
  if (form.scene) address.scene = form.scene
  if (form.vehicle) {
    Object.assign(address, { vehicle: form.vehicle.vehicleId, card: form.vehicle.cardId, name: form.vehicle.name })
  }
  if (view.sort) address.sort = view.sort
  if (view.sort && view.descending) address.desc = '1'
  if (view.page > 1) address.page = view.page
  return address
}

export function queryOf(view: BillView): BillQuery {
  const { form } = view
  const filter: BillFilter = {
    plate: form.plate,
    scene: form.scene,
    by: form.by,
    from: form.from,
    to: form.to,
    vehicleId: form.vehicle?.vehicleId ?? 0,
    cardId: form.vehicle?.cardId ?? 0,
  }
  return { filter, sort: view.sort, descending: view.descending }
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0
}

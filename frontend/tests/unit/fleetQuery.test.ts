import { describe, expect, it } from 'vitest'
import type { LocationQuery } from 'vue-router'
import { addressOf, viewFromAddress } from '@/components/list/useListView'
import { groupFilter, isGroupChoice } from '@/lib/groupChoice'
import { tiles } from '@/pages/center/centerTiles'
import { fleetCodec, fleetQuery, queryOf } from '@/pages/fleet/fleetQuery'
import type { FleetFieldSpec } from '@/pages/fleet/fleetQuery'
import { issueStatusNames } from '@/texts'

const fields: FleetFieldSpec[] = [
  { field: 'cardType', label: '', kind: 'tab', choices: { charge: '', storedValue: '' }, first: 'charge' },
  { field: 'search', label: '', kind: 'search' },
  { field: 'cardStatus', label: '', kind: 'choice', choices: issueStatusNames, first: 'issued' },
  { field: 'group', label: '', kind: 'group' },
  { field: 'within', label: '', kind: 'choice', choices: { 30: '' } },
]
const codec = fleetCodec(fields)
const asAddress = (query: object): LocationQuery =>
  Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)]))

describe('the address of a fleet list', () => {
  const view = {
    form: { cardType: 'storedValue', search: '浙X1 一队', cardStatus: 'lost', group: 'none:team', within: '30' },
    sort: 'plate',
    descending: true,
    page: 4,
  }

  it('gives back the view it was made of', () =>
    expect(viewFromAddress(codec, asAddress(addressOf(codec, view)))).toEqual(view))

  it('is none without a word about the list, so that the last filter comes back', () => {
    expect(viewFromAddress(codec, {})).toBeNull()
    expect(viewFromAddress(codec, { by: 'month', sort: 'plate' })).toBeNull()
  })

  it('can mean the whole list', () => {
    const whole = { cardType: 'charge', search: '', cardStatus: '', group: '', within: '' }
    expect(codec.read({ all: '1' })).toEqual(whole)
    const noTabs = fleetCodec(fields.slice(1))
    expect(noTabs.write({ search: '', cardStatus: '' })).toEqual({ all: '1' })
  })

  it('starts with the defaults of the manual', () =>
    expect(codec.defaults()).toMatchObject({ cardType: 'charge', cardStatus: 'issued', search: '' }))

  it('goes back to them within the tab that is open', () =>
    expect(codec.defaults(view.form)).toEqual({ ...codec.defaults(), cardType: 'storedValue' }))

  it('does not pass on what nobody offers', () =>
    expect(codec.read({ cardStatus: 'melted', group: '-3', within: '31', cardType: 'gold' })).toEqual({
      cardType: 'charge',
      search: '',
      cardStatus: '',
      group: '',
      within: '',
    }))

  it('asks Go for the same', () => {
    const { filter, sort, descending } = queryOf(view)
    expect(filter).toEqual({
      ...fleetQuery({}).filter,
      search: '浙X1 一队',
      cardType: 'storedValue',
      cardStatus: 'lost',
      ungrouped: 'team',
      withinDays: 30,
    })
    expect([sort, descending]).toEqual(['plate', true])
  })
})

it('reads the choice of a group', () => {
  expect(groupFilter('12')).toEqual({ groupId: 12, ungrouped: '' })
  expect(groupFilter('none:customer')).toEqual({ groupId: 0, ungrouped: 'customer' })
  expect(groupFilter('')).toEqual({ groupId: 0, ungrouped: '' })
  expect(['1', 'none:team', '0', 'none:all', '1e3', ''].map(isGroupChoice)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})

it('leads from every total to a list that is narrowed', () => {
  for (const { to } of tiles) expect(Object.keys((to as { query: object }).query).length).toBeGreaterThan(0)
})

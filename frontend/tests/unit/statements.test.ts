import { describe, expect, it } from 'vitest'
import type { StatementPart } from '@/api'
import { defaultForm, formOfKept, formOfLayout, layoutOf, moved, orderOf } from '@/pages/statements/statementOrder'

const column = (name: string, standard = true) => ({ name, title: `列${name}`, standard })
const known: StatementPart[] = [
  { name: 'summary', title: '汇总', columns: [column('group'), column('amount')] },
  { name: 'lines', title: '账单明细', columns: [column('plate'), column('amount'), column('entry', false)] },
]
const span = { first: '2026-01', last: '2026-11', lastFinal: '2026-10' }
const fresh = defaultForm(known, span, 0)

describe('the order of a statement', () => {
  it('is at first the last final month of the whole fleet, with all parts and their standard columns', () => {
    expect(orderOf(fresh)).toEqual({
      from: '2026-10',
      to: '2026-10',
      groupId: 0,
      ungrouped: '',
      plate: '',
      layout: {
        sumBy: 'team',
        parts: [
          { name: 'summary', columns: ['group', 'amount'] },
          { name: 'lines', columns: ['plate', 'amount'] },
        ],
        format: 'xlsx',
        perVehicle: false,
      },
    })
  })

  it('comes back from a template with its parts and columns in their order, those left out at the end', () => {
    const layout = {
      sumBy: 'project',
      parts: [{ name: 'lines', columns: ['entry', 'plate'] }],
      format: 'pdf',
      perVehicle: true,
    }
    const form = formOfLayout(layout, known)
    expect(form.parts.map(({ name, isChosen }) => [name, isChosen])).toEqual([
      ['lines', true],
      ['summary', false],
    ])
    expect(form.parts[0]!.columns.map(({ name }) => name)).toEqual(['entry', 'plate', 'amount'])
    expect(layoutOf(form)).toEqual(layout)
  })

  it('leaves out what another version of the program kept', () => {
    const layout = {
      sumBy: 'colour',
      parts: [
        { name: 'weather', columns: ['rain'] },
        { name: 'lines', columns: ['mood', 'amount'] },
      ],
      format: 'docx',
      perVehicle: false,
    }
    expect(layoutOf(formOfLayout(layout, known))).toEqual({
      sumBy: 'team',
      parts: [{ name: 'lines', columns: ['amount'] }],
      format: 'xlsx',
      perVehicle: false,
    })
  })

  it('is remembered, as far as what was kept can be read', () => {
    const kept = {
      ...fresh,
      by: 'quarter' as const,
      from: '2026-07',
      to: '2026-09',
      group: 'none:team',
      perVehicle: true,
    }
    expect(formOfKept({ by: kept.by, order: orderOf(kept) }, known, fresh)).toEqual(kept)
    expect(formOfKept(null, known, fresh)).toEqual(fresh)
    const odd = { by: 'day', order: { from: 'soon', groupId: -3 } } as never
    expect(formOfKept(odd, known, fresh)).toEqual(fresh)
  })

  it('moves a part by a place, and not beyond the ends', () => {
    expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b'])
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
    expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b'])
  })
})

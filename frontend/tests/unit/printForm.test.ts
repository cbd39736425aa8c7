import { describe, expect, it } from 'vitest'
import { wholeInvoiceFilter } from '@/components/papers/wholeInvoiceFilter'
import { formOfKept, isPrinter, orderOf, printerOf, targetIn, targetsOf } from '@/pages/invoices/printForm'

const office = { name: 'Office: 2F', isDefault: true }
const laser = { name: 'Laser', isDefault: false }

describe('the form of a printing', () => {
  it('prints two to a page on the default printer at first, and saves a file where there is none', () => {
    const form = formOfKept(null, [office, laser])
    expect([form.perPage, form.by, form.copies, printerOf(form.target)]).toEqual([2, 'vehicle', 1, 'Office: 2F'])
    expect(isPrinter(formOfKept(null, []).target)).toBe(false)
  })

  it('remembers all but the copies, and forgets a printer that is gone and what makes no sense', () => {
    const kept = { perPage: 4, by: 'date' as const, copies: 20, target: 'printer:Laser', cover: false }
    expect(formOfKept(kept, [office, laser])).toMatchObject({ ...kept, copies: 1 })
    expect(printerOf(formOfKept(kept, [office]).target)).toBe('Office: 2F')
    expect(formOfKept({ perPage: 3 }, []).perPage).toBe(2)
  })

  it('offers a file for each vehicle only to those who print by vehicle', () => {
    const zip = targetsOf([office], true).at(-1)!.value
    expect(targetIn(targetsOf([office], true), zip)).toBe(zip)
    expect(targetIn(targetsOf([office], false), zip)).toBe('printer:Office: 2F')
  })

  it('has no lines to cut along on a page of one', () => {
    const choice = { filter: wholeInvoiceFilter, all: false, except: [], ids: [7] }
    const form = formOfKept(null, [])
    expect(orderOf(form, choice, 'skip')).toMatchObject({ perPage: 2, cutLines: true, before: 'skip', choice })
    expect(orderOf({ ...form, perPage: 1 }, choice, '').cutLines).toBe(false)
  })
})

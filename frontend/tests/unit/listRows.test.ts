import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { useListRows } from '@/components/list/useListRows'
import { useRowChecks } from '@/components/list/useRowChecks'
import { ref } from 'vue'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Row {
  id: number
}

/** A list whose answers a test gives itself. */
function slowList() {
  const open: { query: { word: string }; answer: (rows: Row[], total?: number) => void; fail: () => void }[] = []
  const fetchPage = vi.fn(
    (query: { word: string }) =>
      new Promise<{ rows: Row[]; totals: { rows: number } }>((resolve, reject) =>
        open.push({
          query,
          answer: (rows, total = rows.length) => resolve({ rows, totals: { rows: total } }),
          fail: () => reject(new Error('{"code":"internal"}')),
        }),
      ),
  )
  const scope = effectScope()
  const rows = scope.run(() => useListRows(fetchPage))!
  return { open, rows, scope }
}

describe('rows of a list that is searched by typing', () => {
  it('keep those of the last word on screen until the next are here', async () => {
    const { open, rows, scope } = slowList()
    rows.show({ word: 'a' }, 0)
    expect(rows.totals.value).toBeNull()
    open[0]!.answer([{ id: 1 }])
    await flushPromises()
    rows.show({ word: 'ab' }, 0)
    expect([rows.totals.value?.rows, rows.source.at(0)?.id, rows.isCurrent.value]).toEqual([1, 1, false])
    open[1]!.answer([{ id: 2 }, { id: 3 }])
    await flushPromises()
    expect([rows.totals.value?.rows, rows.source.at(0)?.id, rows.isCurrent.value]).toEqual([2, 2, true])
    scope.stop()
  })

  it('do not stay longer than a moment', async () => {
    const { open, rows, scope } = slowList()
    rows.show({ word: 'a' }, 0)
    open[0]!.answer([{ id: 1 }])
    await flushPromises()
    rows.show({ word: 'ab' }, 0)
    vi.advanceTimersByTime(250)
    expect([rows.totals.value, rows.source.at(0)]).toEqual([null, undefined])
    scope.stop()
  })

  it('drop an answer to a word that was typed on', async () => {
    const { open, rows, scope } = slowList()
    rows.show({ word: 'a' }, 0)
    rows.show({ word: 'ab' }, 0)
    open[1]!.answer([{ id: 2 }])
    await flushPromises()
    open[0]!.answer([{ id: 1 }, { id: 9 }])
    await flushPromises()
    expect([rows.totals.value?.rows, rows.source.at(0)?.id]).toEqual([1, 2])
    scope.stop()
  })

  it('give way to a failure, and come back with a retry', async () => {
    const { open, rows, scope } = slowList()
    rows.show({ word: 'a' }, 0)
    open[0]!.answer([{ id: 1 }])
    await flushPromises()
    rows.show({ word: 'ab' }, 0)
    open[1]!.fail()
    await flushPromises()
    expect([rows.totals.value, rows.fault.value?.code]).toEqual([null, 'internal'])
    rows.retry()
    open[2]!.answer([{ id: 2 }])
    await flushPromises()
    expect([rows.fault.value, rows.source.at(0)?.id]).toEqual([null, 2])
    scope.stop()
  })
})

describe('ticks over windows', () => {
  const all = Array.from({ length: 1200 }, (_, index) => ({ id: index + 1 }))
  function checks() {
    const fetchRows = vi.fn(async (offset: number, limit: number) => all.slice(offset, offset + limit))
    const ticks = useRowChecks<Row>(
      (row) => row.id,
      (row) => `${row.id}`,
      ref(all.length),
      fetchRows,
    )
    return { ticks, fetchRows }
  }

  it('reach from the row that was ticked last, as far as Go gives rows at once', async () => {
    const { ticks, fetchRows } = checks()
    ticks.toggle(all[99]!, 99)
    await ticks.extend(all[1099]!, 1099)
    expect(ticks.count.value).toBe(1001)
    expect(fetchRows.mock.calls).toEqual([
      [99, 500],
      [599, 500],
      [1099, 1],
    ])
  })

  it('of all take one click, and no rows', () => {
    const { ticks, fetchRows } = checks()
    ticks.toggleAll()
    ticks.toggle(all[3]!, 3)
    expect([ticks.count.value, ticks.header.value, ticks.isTicked(all[3]!)]).toEqual([1199, 'some', false])
    ticks.toggleAll()
    expect(ticks.header.value).toBe('all')
    ticks.toggleAll()
    expect(ticks.count.value).toBe(0)
    expect(fetchRows).not.toHaveBeenCalled()
  })

  it('that came too late for their filter are dropped', async () => {
    const { ticks } = checks()
    ticks.toggle(all[0]!, 0)
    const reaching = ticks.extend(all[9]!, 9)
    ticks.clear()
    await reaching
    expect(ticks.count.value).toBe(0)
  })
})

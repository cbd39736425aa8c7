import { describe, expect, it, vi } from 'vitest'
import { RowWindow } from './rowWindow'

/** A list of a million whole numbers, whose calls are answered when the test says so. */
function hall() {
  const calls: { offset: number; limit: number; answer: () => Promise<void>; fail: () => Promise<void> }[] = []
  const settle = async (act: () => void) => {
    act()
    await new Promise((resolve) => setTimeout(resolve))
  }
  const fetch = (offset: number, limit: number) =>
    new Promise<number[]>((resolve, reject) => {
      const rows = Array.from({ length: limit }, (_, index) => offset + index)
      calls.push({
        offset,
        limit,
        answer: () => settle(() => resolve(rows)),
        fail: () => settle(() => reject(new Error('x'))),
      })
    })
  return { calls, fetch, offsets: () => calls.map((call) => call.offset) }
}

describe('RowWindow', () => {
  it('fetches the chunks on screen once and gives their rows', async () => {
    const { calls, fetch, offsets } = hall()
    const changed = vi.fn()
    const rows = new RowWindow(fetch, changed, { chunkRows: 10 })
    rows.need(8, 12)
    rows.need(8, 12)
    expect(offsets()).toEqual([0, 10])
    expect(rows.at(9)).toBeUndefined()
    await calls[1]!.answer()
    await calls[0]!.answer()
    expect([rows.at(9), rows.at(12)]).toEqual([9, 12])
    expect(changed).toHaveBeenCalledTimes(2)
  })

  it('forgets wishes that the eye has left', async () => {
    const { calls, fetch, offsets } = hall()
    const rows = new RowWindow(fetch, () => {}, { chunkRows: 10 })
    rows.need(0, 19)
    rows.need(500, 505)
    rows.need(900_000, 900_005)
    expect(offsets()).toEqual([0, 10])
    await calls[0]!.answer()
    expect(offsets()).toEqual([0, 10, 900_000])
  })

  it('drops what was left longest, never what is on screen', async () => {
    const { calls, fetch } = hall()
    const rows = new RowWindow(fetch, () => {}, { chunkRows: 10, keptChunks: 2 })
    for (const first of [0, 10, 20]) {
      rows.need(first, first)
      await calls.at(-1)!.answer()
    }
    expect([rows.at(0), rows.at(10), rows.at(20)]).toEqual([undefined, 10, 20])
  })

  it('marks failed rows and fetches them again on retry alone', async () => {
    const { calls, fetch } = hall()
    const rows = new RowWindow(fetch, () => {}, { chunkRows: 10 })
    rows.need(0, 5)
    await calls[0]!.fail()
    rows.need(0, 5)
    expect([rows.failed(3), rows.anyFailed, calls.length]).toEqual([true, true, 1])
    rows.retry()
    await calls[1]!.answer()
    expect([rows.failed(3), rows.at(3)]).toEqual([false, 3])
  })

  it('keeps old rows on screen until fresh ones are here', async () => {
    const { calls, fetch } = hall()
    const rows = new RowWindow(fetch, () => {}, { chunkRows: 10 })
    rows.need(0, 5)
    await calls[0]!.answer()
    rows.markStale()
    expect([rows.at(3), calls.length]).toEqual([3, 2])
  })

  it('drops answers that belong to another list', async () => {
    const { calls, fetch } = hall()
    const rows = new RowWindow(fetch, () => {}, { chunkRows: 10 })
    rows.need(0, 5)
    rows.clear()
    await calls[0]!.answer()
    expect(rows.at(3)).toBeUndefined()
  })
})

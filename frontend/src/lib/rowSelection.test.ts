import { describe, expect, it } from 'vitest'
import { allTicked, countTicked, headerTick, isTicked, nothingTicked, withTicks } from './rowSelection'

describe('ticks of rows', () => {
  it('names the ticked ones', () => {
    const some = withTicks(nothingTicked, [3, 7], true)
    expect([isTicked(some, 3), isTicked(some, 4), countTicked(some, 1000)]).toEqual([true, false, 2])
    expect([...withTicks(some, [3], false).ids]).toEqual([7])
  })

  it('covers a list that is not here, but for the ones named', () => {
    const most = withTicks(allTicked, [5], false)
    expect([isTicked(most, 5), isTicked(most, 999_999), countTicked(most, 1_000_000)]).toEqual([false, true, 999_999])
    expect(countTicked(withTicks(most, [5], true), 1_000_000)).toBe(1_000_000)
  })

  it('leaves what it was made from as it was', () => {
    withTicks(nothingTicked, [1], true)
    withTicks(allTicked, [1], false)
    expect([nothingTicked.ids.size, allTicked.except.size]).toEqual([0, 0])
  })

  it.each([
    [nothingTicked, 'none'],
    [withTicks(nothingTicked, [1], true), 'some'],
    [withTicks(nothingTicked, [1, 2, 3], true), 'all'],
    [allTicked, 'all'],
    [withTicks(allTicked, [1], false), 'some'],
    [withTicks(allTicked, [1, 2, 3], false), 'none'],
  ] as const)('%# shows in the header', (selection, header) => expect(headerTick(selection, 3)).toBe(header))
})

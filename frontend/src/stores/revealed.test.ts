import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fleet } from '@/api'
import { shownFor, useRevealedStore } from './revealed'

beforeEach(() => {
  setActivePinia(createPinia())
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const answer = { number: '33012211230000001049', balanceFen: 0, unloadedFen: 0 }

test('a card number is in full for half a minute, and no longer', async () => {
  vi.spyOn(fleet, 'reveal').mockResolvedValue(answer)
  const revealed = useRevealedStore()
  await revealed.show('card', 7)
  expect(revealed.value('card', 7)?.number).toBe('33012211230000001049')
  expect([revealed.value('card', 8), revealed.value('tag', 7)]).toEqual([undefined, undefined])
  vi.advanceTimersByTime(shownFor - 1)
  expect(revealed.value('card', 7)).toBeDefined()
  vi.advanceTimersByTime(1)
  expect(revealed.value('card', 7)).toBeUndefined()
})

test('a second look begins its own half minute', async () => {
  vi.spyOn(fleet, 'reveal').mockResolvedValue({ ...answer, balanceFen: 21 })
  const revealed = useRevealedStore()
  await revealed.show('balance', 7)
  vi.advanceTimersByTime(shownFor - 1)
  await revealed.show('balance', 7)
  vi.advanceTimersByTime(shownFor - 1)
  expect(revealed.value('balance', 7)?.balanceFen).toBe(21)
})

test('a look that failed shows nothing', async () => {
  vi.spyOn(fleet, 'reveal').mockRejectedValue(new Error('gone'))
  const revealed = useRevealedStore()
  await expect(revealed.show('card', 7)).rejects.toThrow()
  expect(revealed.shown.size).toBe(0)
})

import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bills } from '@/api'
import { shownFor, useRevealedStore } from './revealed'

beforeEach(() => {
  setActivePinia(createPinia())
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('a card number is in full for half a minute, and no longer', async () => {
  vi.spyOn(bills, 'revealCard').mockResolvedValue('33012211230000001049')
  const revealed = useRevealedStore()
  await revealed.show(7)
  expect(revealed.cards.get(7)).toBe('33012211230000001049')
  expect(revealed.cards.has(8)).toBe(false)
  vi.advanceTimersByTime(shownFor - 1)
  expect(revealed.cards.has(7)).toBe(true)
  vi.advanceTimersByTime(1)
  expect(revealed.cards.has(7)).toBe(false)
})

test('a look that failed shows nothing', async () => {
  vi.spyOn(bills, 'revealCard').mockRejectedValue(new Error('gone'))
  const revealed = useRevealedStore()
  await expect(revealed.show(7)).rejects.toThrow()
  expect(revealed.cards.size).toBe(0)
})

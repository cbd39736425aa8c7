import { defineStore } from 'pinia'
import { reactive } from 'vue'
import { bills } from '@/api'

/** How long a number stays in full once it was asked for. */
export const shownFor = 30_000

/** Card numbers that are shown in full for the moment, by card. Go notes each look in 查看记录. */
export const useRevealedStore = defineStore('revealed', () => {
  const cards = reactive(new Map<number, string>())

  async function show(cardId: number): Promise<void> {
    cards.set(cardId, await bills.revealCard(cardId))
    setTimeout(() => cards.delete(cardId), shownFor)
  }

  return { cards, show, hideAll: () => cards.clear() }
})

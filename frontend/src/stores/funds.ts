import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { funds as api, onAllocation, onOrder } from '@/api'
import type { FundsAllocation, RechargeAsk, RechargeOrder } from '@/api'

/** Events can be lost while the program is locked; asking now and then puts that right, from the cache alone. */
const pollWhileOpen = 5_000

export type Result = { kind: 'order'; order: RechargeOrder } | { kind: 'allocation'; allocation: FundsAllocation }

const isOver = (state: string) => state === 'ended' || state === 'refused'

/** Recharges and allocations that were asked for, until somebody has seen how they ended. Go follows them; the page shows them. */
export const useFundsStore = defineStore('funds', () => {
  const orders = ref<RechargeOrder[]>([])
  const allocations = ref<FundsAllocation[]>([])
  /** Rises when money moved, for what shows balances. */
  const moves = ref(0)
  let unsubscribe: (() => void) | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let announce: (result: Result) => void = () => {}

  const hasOpen = computed(
    () => orders.value.some(({ state }) => !isOver(state)) || allocations.value.some(({ state }) => !isOver(state)),
  )

  /** An order that ended stays ended, whatever comes later. */
  function adoptOrder(next: RechargeOrder): void {
    const known = orders.value.find(({ id }) => id === next.id)
    if (known && isOver(known.state)) return
    if (known) Object.assign(known, next)
    else orders.value = [next, ...orders.value].sort((a, b) => b.id - a.id)
    if (!isOver(next.state)) return
    moves.value++
    announce({ kind: 'order', order: next })
  }

  function adoptAllocation(next: FundsAllocation): void {
    const known = allocations.value.find(({ id }) => id === next.id)
    if (known && isOver(known.state)) return
    if (known) Object.assign(known, next)
    else allocations.value = [next, ...allocations.value].sort((a, b) => b.id - a.id)
    if (!isOver(next.state)) return
    moves.value++
    announce({ kind: 'allocation', allocation: next })
  }

  async function load(): Promise<void> {
    const asked = await api.asked()
    asked.orders.forEach(adoptOrder)
    asked.allocations.forEach(adoptAllocation)
    schedule()
  }

  function schedule(): void {
    clearTimeout(timer)
    if (!unsubscribe || !hasOpen.value) return
    // What cannot be asked now is asked again later, and the events tell meanwhile.
    timer = setTimeout(() => void load().catch(schedule), pollWhileOpen)
  }

  /** Subscribes once, and finds what is open. `onResult` hears how each ended. */
  async function connect(onResult: (result: Result) => void): Promise<void> {
    announce = onResult
    if (!unsubscribe) {
      const ends = [onOrder(heardOrder), onAllocation(heardAllocation)]
      unsubscribe = () => ends.forEach((end) => end())
    }
    await load()
  }

  function heardOrder(next: RechargeOrder): void {
    if (!next.told) adoptOrder(next)
    schedule()
  }

  function heardAllocation(next: FundsAllocation): void {
    if (!next.told) adoptAllocation(next)
    schedule()
  }

  function disconnect(): void {
    unsubscribe?.()
    unsubscribe = null
    clearTimeout(timer)
    orders.value = []
    allocations.value = []
  }

  const follow = async (work: Promise<RechargeOrder>): Promise<RechargeOrder> => {
    const order = await work
    heardOrder(order)
    return order
  }

  const followAllocation = async (work: Promise<FundsAllocation>): Promise<FundsAllocation> => {
    const allocation = await work
    heardAllocation(allocation)
    return allocation
  }

  async function seenOrder(id: number): Promise<void> {
    await api.seenOrder(id)
    orders.value = orders.value.filter((order) => order.id !== id)
  }

  async function seenAllocation(id: number): Promise<void> {
    await api.seenAllocation(id)
    allocations.value = allocations.value.filter((allocation) => allocation.id !== id)
  }

  return {
    orders,
    allocations,
    moves,
    connect,
    disconnect,
    load,
    recharge: (ask: RechargeAsk) => follow(api.recharge(ask)),
    refresh: (id: number) => follow(api.refresh(id)),
    closeOrder: (id: number) => follow(api.closeOrder(id)),
    allocate: (token: string) => followAllocation(api.allocate(token)),
    askAllocation: (id: number) => followAllocation(api.askAllocation(id)),
    seenOrder,
    seenAllocation,
  }
})

import { EventsOn } from '#wails/runtime/runtime'
import type {
  AlertSummary,
  Batch,
  FundsAllocation,
  Job,
  PrintProgress,
  ProofProgress,
  RechargeOrder,
  SyncStatus,
} from './types'

/**
 * Events carry absolute states. Wails' dev server may deliver them out of order, so no listener counts them or relies on their order.
 * Each returns the function that ends the subscription.
 */
export function onSync(listener: (status: SyncStatus) => void): () => void {
  return EventsOn('sync', listener)
}

export function onJob(listener: (job: Job) => void): () => void {
  return EventsOn('job', listener)
}

export function onProof(listener: (progress: ProofProgress) => void): () => void {
  return EventsOn('proof', listener)
}

export function onAlerts(listener: (summary: AlertSummary) => void): () => void {
  return EventsOn('alerts', listener)
}

export function onParking(listener: (batch: Batch) => void): () => void {
  return EventsOn('parking', listener)
}

export function onPrint(listener: (progress: PrintProgress) => void): () => void {
  return EventsOn('print', listener)
}

export function onOrder(listener: (order: RechargeOrder) => void): () => void {
  return EventsOn('order', listener)
}

export function onAllocation(listener: (allocation: FundsAllocation) => void): () => void {
  return EventsOn('allocation', listener)
}

import { EventsOn } from '#wails/runtime/runtime'
import type { Job, ProofProgress, SyncStatus } from './types'

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

import type { Batch } from '@/api'

/** Some vehicles were refused: a new batch can ask for these once more. */
export function canRetry(batch: Batch): boolean {
  return batch.state !== 'running' && batch.refused > 0
}

/** It was broken off before every vehicle had its answer. */
export function canContinue(batch: Batch): boolean {
  return (batch.state === 'interrupted' || batch.state === 'stopped') && batch.pending > 0
}

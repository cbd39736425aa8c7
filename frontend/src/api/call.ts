import { Fault, toFault } from './fault'

export const defaultTimeout = 30_000

/** A wait for a person: a native dialog stays open as long as they like. */
export const untilAnswered = 0

/**
 * Runs one bound call. A panic in Go can leave its promise open for ever, so the page gives up after a time of its own.
 * Rejects with a Fault, always.
 */
export async function call<T>(work: () => Promise<T>, timeout = defaultTimeout): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<never>((_, reject) => {
    if (timeout === untilAnswered) return
    timer = setTimeout(() => reject(new Fault('timeout', `no answer within ${timeout} ms`)), timeout)
  })
  try {
    return await Promise.race([work(), tooLate])
  } catch (reason) {
    throw toFault(reason)
  } finally {
    clearTimeout(timer)
  }
}

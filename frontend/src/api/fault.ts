/** What went wrong, by the stable code that Go and the page share (backend/fault); the Chinese words are in texts.ts. */
export class Fault extends Error {
  readonly code: string
  /** When it makes sense to try again; zero: not known. */
  readonly retryAfterSeconds: number

  constructor(code: string, message = '', retryAfterSeconds = 0) {
    super(message || code)
    this.name = 'Fault'
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

interface WireFault {
  code?: unknown
  message?: unknown
  retryAfterSeconds?: unknown
}

/** Reads whatever a bound call was rejected with: the JSON of Go's ErrorFormatter, or anything else as an internal fault. */
export function toFault(reason: unknown): Fault {
  if (reason instanceof Fault) return reason
  const text = reason instanceof Error ? reason.message : reason
  const wire = typeof text === 'string' ? parseWire(text) : text
  return fromWire(wire) ?? new Fault('internal', typeof text === 'string' ? text : '')
}

function parseWire(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // Not JSON is an answer too: it did not come from our formatter.
  }
}

function fromWire(value: unknown): Fault | null {
  if (typeof value !== 'object' || value === null) return null
  const { code, message, retryAfterSeconds } = value as WireFault
  if (typeof code !== 'string' || code === '') return null
  const text = typeof message === 'string' ? message : ''
  const wait = typeof retryAfterSeconds === 'number' ? retryAfterSeconds : secondsIn(text)
  return new Fault(code, text, Math.max(0, Math.ceil(wait)))
}

/** Go writes durations as 14m30s; a message may carry one. */
function secondsIn(text: string): number {
  const match = /\b(?:(\d+)h)?(?:(\d+)m)?(\d+(?:\.\d+)?)s\b/.exec(text)
  if (!match) return 0
  return Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3])
}

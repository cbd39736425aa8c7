/** Rows of a list of known length, held in chunks: what is on screen is fetched, what was left longest is dropped. */

interface Chunk<T> {
  rows: T[]
  stale: boolean
}

export interface RowWindowOptions {
  chunkRows?: number
  keptChunks?: number
}

/** More than two calls at once would only queue behind the database, and delay the chunk the eye is on. */
const parallelFetches = 2

export class RowWindow<T> {
  private readonly chunks = new Map<number, Chunk<T>>()
  private readonly failures = new Set<number>()
  private readonly underWay = new Set<number>()
  private wanted: number[] = []
  private generation = 0
  private readonly chunkRows: number
  private readonly keptChunks: number

  constructor(
    private readonly fetch: (offset: number, limit: number) => Promise<T[]>,
    private readonly changed: () => void,
    options: RowWindowOptions = {},
  ) {
    this.chunkRows = options.chunkRows ?? 200
    this.keptChunks = options.keptChunks ?? 40
  }

  /** The row at an index of the list, if it is here. */
  at(index: number): T | undefined {
    return this.chunks.get(this.chunkOf(index))?.rows[index % this.chunkRows]
  }

  /** Whether fetching this row failed; it is tried again only after retry(). */
  failed(index: number): boolean {
    return this.failures.has(this.chunkOf(index))
  }

  get anyFailed(): boolean {
    return this.failures.size > 0
  }

  /** Says which rows are on screen now; earlier wishes that were not begun are forgotten. */
  need(first: number, last: number): void {
    this.wanted = []
    for (let chunk = this.chunkOf(first); chunk <= this.chunkOf(last); chunk++) {
      this.touch(chunk)
      this.wanted.push(chunk)
    }
    this.pump()
  }

  retry(): void {
    this.failures.clear()
    this.pump()
    this.changed()
  }

  /** The data behind the list changed: rows stay visible until their fresh version is here. */
  markStale(): void {
    this.forgetAnswers()
    for (const chunk of this.chunks.values()) chunk.stale = true
    this.pump()
  }

  /** Another list altogether: nothing of the old one may be shown. */
  clear(): void {
    this.forgetAnswers()
    this.chunks.clear()
    this.wanted = []
    this.changed()
  }

  private forgetAnswers(): void {
    this.generation++
    this.underWay.clear()
    this.failures.clear()
  }

  private chunkOf(index: number): number {
    return Math.floor(index / this.chunkRows)
  }

  /** Map keeps insertion order, so putting a chunk in again makes it the youngest. */
  private touch(number: number): void {
    const chunk = this.chunks.get(number)
    if (!chunk) return
    this.chunks.delete(number)
    this.chunks.set(number, chunk)
  }

  private pump(): void {
    for (const number of this.wanted) {
      if (this.underWay.size >= parallelFetches) return
      if (this.isMissing(number)) void this.load(number)
    }
  }

  private isMissing(number: number): boolean {
    if (this.underWay.has(number) || this.failures.has(number)) return false
    return this.chunks.get(number)?.stale ?? true
  }

  private async load(number: number): Promise<void> {
    const generation = this.generation
    this.underWay.add(number)
    try {
      const rows = await this.fetch(number * this.chunkRows, this.chunkRows)
      if (generation !== this.generation) return
      this.keep(number, rows)
    } catch {
      // The reason is the owner's to show: it made the promise. Here the rows are marked, for a retry.
      if (generation !== this.generation) return
      this.failures.add(number)
    }
    this.underWay.delete(number)
    this.changed()
    this.pump()
  }

  private keep(number: number, rows: T[]): void {
    this.chunks.delete(number)
    this.chunks.set(number, { rows, stale: false })
    for (const old of this.chunks.keys()) {
      if (this.chunks.size <= this.keptChunks) return
      if (!this.wanted.includes(old)) this.chunks.delete(old)
    }
  }
}

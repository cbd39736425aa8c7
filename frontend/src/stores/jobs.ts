import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { exports as api, funds, invoices, onJob, statements } from '@/api'
import type {
  AnalysisQuery,
  BillQuery,
  Download,
  ExportFormat,
  FleetListName,
  FleetQuery,
  FundsListName,
  FundsQuery,
  InvoiceQuery,
  InvoiceSettingQuery,
  Job,
  StatementOrder,
  TripQuery,
} from '@/api'

export type ExportKind = 'billStatistics' | 'billLines'

/** The kind of jobs that download documents of invoices: they write no file to open, and count invoices. */
export const downloadKind = 'documents'

/** Exports of this run of the program: what the tray shows. The whole history is on 导出记录. */
export const useJobsStore = defineStore('jobs', () => {
  const jobs = ref<Job[]>([])
  /** Rises with every change, for lists that show jobs as well. */
  const changes = ref(0)
  let unsubscribe: (() => void) | null = null

  const running = computed(() => jobs.value.filter((job) => job.state === 'running'))

  /** Absolute states in any order: a finished job never runs again, and progress never goes back. */
  function adopt(next: Job): void {
    const known = jobs.value.find((job) => job.id === next.id)
    if (known && known.state !== 'running' && next.state === 'running') return
    if (known && next.state === 'running' && next.done < known.done) return
    if (known) Object.assign(known, next)
    else jobs.value = [next, ...jobs.value]
    changes.value++
  }

  /** Subscribes once, and finds exports that already run. */
  async function connect(): Promise<void> {
    unsubscribe ??= onJob(adopt)
    const page = await api.list(0, 20)
    page.rows.filter((job) => job.state === 'running').forEach(adopt)
  }

  function disconnect(): void {
    unsubscribe?.()
    unsubscribe = null
    jobs.value = []
  }

  async function start(kind: ExportKind, query: BillQuery, format: ExportFormat): Promise<void> {
    adopt(await (kind === 'billStatistics' ? api.startStatistics(query, format) : api.startLines(query, format)))
  }

  async function startTrips(query: TripQuery, format: ExportFormat): Promise<void> {
    adopt(await api.startTrips(query, format))
  }

  async function startAnalysis(query: AnalysisQuery, format: ExportFormat): Promise<void> {
    adopt(await api.startAnalysis(query, format))
  }

  async function startRefunds(query: TripQuery, format: ExportFormat): Promise<void> {
    adopt(await api.startRefunds(query, format))
  }

  async function startStatement(order: StatementOrder): Promise<void> {
    adopt(await statements.start(order))
  }

  async function startInvoices(query: InvoiceQuery, format: ExportFormat): Promise<void> {
    adopt(await api.startInvoices(query, format))
  }

  async function startInvoiceSettings(query: InvoiceSettingQuery, format: ExportFormat): Promise<void> {
    adopt(await api.startInvoiceSettings(query, format))
  }

  async function download(asked: Download): Promise<void> {
    adopt(await invoices.download(asked))
  }

  async function startFleet(
    name: FleetListName,
    query: FleetQuery,
    format: ExportFormat,
    full: boolean,
  ): Promise<void> {
    adopt(await api.startFleet(name, query, format, full))
  }

  async function startFunds(name: FundsListName, query: FundsQuery, format: ExportFormat): Promise<void> {
    adopt(await funds.startExport(name, query, format))
  }

  async function startAllocationTemplate(): Promise<void> {
    adopt(await funds.startTemplate())
  }

  async function cancel(id: number): Promise<void> {
    adopt(await api.cancel(id))
  }

  async function again(id: number): Promise<void> {
    adopt(await api.again(id))
  }

  function dismiss(id: number): void {
    jobs.value = jobs.value.filter((job) => job.id !== id || job.state === 'running')
  }

  return {
    jobs,
    changes,
    running,
    adopt,
    connect,
    disconnect,
    start,
    startTrips,
    startRefunds,
    startAnalysis,
    startFleet,
    startFunds,
    startAllocationTemplate,
    startStatement,
    startInvoices,
    startInvoiceSettings,
    download,
    cancel,
    again,
    dismiss,
  }
})

/** Whole percent of an export; null while its size is not known. */
export function jobPercent(job: Job): number | null {
  return job.rows > 0 ? Math.min(100, Math.floor((job.done / job.rows) * 100)) : null
}

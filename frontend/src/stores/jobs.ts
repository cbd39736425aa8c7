import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { coverage, deduction, exports as api, funds, invoices, onJob, printing, statements } from '@/api'
import type {
  AnalysisQuery,
  BillQuery,
  CoverageKind,
  CoverageQuery,
  DeductionFilter,
  Download,
  ExportFormat,
  FleetListName,
  FleetQuery,
  FundsListName,
  FundsQuery,
  InvoiceQuery,
  InvoiceSettingQuery,
  Job,
  PrintOrder,
  PrintPaper,
  StatementOrder,
  TripQuery,
} from '@/api'

export type ExportKind = 'billStatistics' | 'billLines'

/** The kind of jobs that download documents of invoices: they write no file to open, and count invoices. */
export const downloadKind = 'documents'

/** The kind of jobs that remove documents of invoices from this computer. */
export const clearKind = 'clearDocuments'

/** What a job that is over is called when it is begun again; exports by default. */
const againWordsOf: Record<string, string> = { [downloadKind]: '再次下载', [clearKind]: '再次清理' }

export const againWords = (kind: string) => againWordsOf[kind] ?? '重新导出'

/** Jobs that write no file to open: what they did is kept, wherever they were stopped. */
export const writesNoFile = (kind: string) => kind === downloadKind || kind === clearKind

/** The kinds of jobs that print invoices, or save them to be printed: they are begun again from the list alone, which asks first. */
export const printKind = 'print'
export const printFileKind = 'printFile'

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

  async function startCoverage(kind: CoverageKind, query: CoverageQuery, format: ExportFormat): Promise<void> {
    adopt(await coverage.export(kind, query, format))
  }

  async function startDeduction(filter: DeductionFilter, format: ExportFormat): Promise<void> {
    adopt(await deduction.export(filter, format))
  }

  async function download(asked: Download): Promise<number> {
    return adopted(await invoices.download(asked))
  }

  async function clearOriginals(before: string): Promise<number> {
    return adopted(await invoices.clear(before))
  }

  /** Gives the pack of an id to a printer; the answer is the job's number. */
  async function print(id: number, paper: PrintPaper): Promise<number> {
    return adopted(await printing.print(id, paper))
  }

  async function savePrint(id: number): Promise<number> {
    return adopted(await printing.save(id))
  }

  async function savePrintEach(order: PrintOrder): Promise<number> {
    return adopted(await printing.saveEach(order))
  }

  function adopted(job: Job): number {
    adopt(job)
    return job.id
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
    startCoverage,
    startDeduction,
    download,
    clearOriginals,
    print,
    savePrint,
    savePrintEach,
    cancel,
    again,
    dismiss,
  }
})

/** Whole percent of an export; null while its size is not known. */
export function jobPercent(job: Job): number | null {
  return job.rows > 0 ? Math.min(100, Math.floor((job.done / job.rows) * 100)) : null
}

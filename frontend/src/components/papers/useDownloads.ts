import { watch } from 'vue'
import { downloadKind, useJobsStore } from '@/stores/jobs'
import { wholeInvoiceFilter } from './wholeInvoiceFilter'

/** Downloads the originals of one invoice; `ended` is called when a download is over, which may have brought them. */
export function useDownloads(ended: () => void) {
  const jobs = useJobsStore()
  watch(() => jobs.jobs.filter((job) => job.kind === downloadKind && job.state !== 'running').length, ended)

  return (invoiceId: number) =>
    jobs.download({ choice: { filter: wholeInvoiceFilter, all: false, except: [], ids: [invoiceId] }, kinds: [] })
}

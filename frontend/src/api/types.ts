import type { app, auth, bills, job, syncer } from '#wails/go/models'

export type DemoMessage = app.DemoMessage
export type DemoSignIn = app.DemoSignIn
export type HallChoice = app.HallChoice
export type LockState = app.LockState
export type Account = auth.Account
export type AuditEntry = auth.AuditEntry
export type PasswordReset = auth.PasswordReset
export type PlateProof = auth.PlateProof
export type RecoveredLogin = auth.RecoveredLogin
export type CodeSent = auth.CodeSent
export type AuthState = auth.State
export type BillFilter = bills.Filter
export type BillQuery = bills.Query
export type LinePage = bills.LinePage
export type LineRow = bills.LineRow
export type Selection = list.Selection
export type SelectionSum = list.SelectionSum
export type Shown = bills.Shown
export type Span = bills.Span
export type StatisticsPage = bills.StatisticsPage
export type StatisticsRow = bills.StatisticsRow
export type Totals = bills.Totals
export type Job = job.Job
export type JobPage = job.Page
export type MonthProof = syncer.MonthProof
export type Proof = syncer.Proof
export type SyncStatus = syncer.Status
export type ExportFormat = 'xlsx' | 'pdf' | 'csv'

/** What the event "proof" carries; no bound method gives it, so the bindings have no type for it. */
export interface ProofProgress {
  done: number
  total: number
}

import type {
  app,
  auth,
  bills,
  coverage,
  deduction,
  fleet,
  funds,
  invoices,
  job,
  list,
  monthly,
  printout,
  syncer,
  trips,
  workspace,
} from '#wails/go/models'

export type CacheState = app.CacheState
export type DemoMessage = app.DemoMessage
export type DemoSignIn = app.DemoSignIn
export type HallChoice = app.HallChoice
export type DocumentUse = app.DocumentUse
export type SavedEntry = app.SavedEntry
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
export type AlertRow = fleet.AlertRow
export type AlertSettings = fleet.AlertSettings
export type AlertSummary = fleet.AlertSummary
export type Assignment = fleet.Assignment
export type AssignmentResult = fleet.AssignmentResult
export type Batch = fleet.Batch
export type BatchRow = fleet.BatchRow
export type CardRow = fleet.CardRow
export type Center = fleet.Center
export type FleetFilter = fleet.Filter
export type FleetQuery = fleet.Query
export type FleetTotals = fleet.Totals
export type Group = fleet.Group
export type Keeping = fleet.Keeping
export type Membership = fleet.Membership
export type MonthSum = fleet.MonthSum
export type ParkingRow = fleet.ParkingRow
export type Pasted = fleet.Pasted
export type PastedRow = fleet.PastedRow
export type RenewalRow = fleet.RenewalRow
export type Revealed = fleet.Revealed
export type SheetPreview = fleet.SheetPreview
export type StatusPage = fleet.StatusPage
export type TagRow = fleet.TagRow
export type Target = fleet.Target
export type VehicleRow = fleet.VehicleRow
export type InvoiceChoice = invoices.Choice
export type AllocationDraft = funds.Draft
export type AllocationHistoryRow = funds.AllocationRow
export type AllocationPreview = funds.Preview
export type FundsAllocation = funds.Allocation
export type FundsCard = funds.CardRow
export type FundsOverview = funds.Overview
export type FundsQuery = funds.Query
export type FundsTotals = funds.Totals
export type LoadRow = funds.LoadRow
export type RechargeAsk = funds.RechargeAsk
export type RechargeOrder = funds.Order
export type RechargeRow = funds.RechargeRow
export type InvoiceDetail = invoices.Detail
export type InvoiceFilter = invoices.Filter
export type InvoicePaper = invoices.Document
export type InvoiceQuery = invoices.Query
export type InvoiceRow = invoices.Row
export type InvoiceSetting = invoices.Setting
export type InvoiceSettingQuery = invoices.SettingQuery
export type InvoiceTotals = invoices.Totals
export type CoverageFigure = coverage.Figure
export type CoverageFilter = coverage.Filter
export type CoverageInvoiceRow = coverage.InvoiceRow
export type CoverageInvoiceTotals = coverage.InvoiceTotals
export type CoverageMonth = coverage.MonthRow
export type CoverageMonthTotals = coverage.MonthTotals
export type CoverageQuery = coverage.Query
export type CoverageState = coverage.State
export type CoverageTripRow = coverage.TripRow
export type CoverageTripTotals = coverage.TripTotals
export type DeductionChoice = deduction.Choice
export type DeductionFilter = deduction.Filter
export type DeductionMarking = deduction.Marking
export type DeductionQuery = deduction.Query
export type DeductionRefusal = deduction.Refusal
export type DeductionRow = deduction.Row
export type DeductionRules = deduction.Rules
export type DeductionSumQuery = deduction.SumQuery
export type DeductionSumRow = deduction.SumRow
export type DeductionSumTotals = deduction.SumTotals
export type DeductionTotals = deduction.Totals
export type Job = job.Job
export type JobPage = job.Page
export type StatementLayout = monthly.Layout
export type StatementOrder = monthly.Order
export type StatementPart = monthly.PartInfo
export type StatementPreview = monthly.Preview
export type StatementTemplate = monthly.Template
export type Printer = app.Printer
export type PrintLeftOut = printout.LeftOut
export type PrintOrder = printout.Order
export type PrintPack = printout.Pack
export type PrintPaper = printout.Paper
export type PrintSurvey = printout.Survey
export type MonthProof = syncer.MonthProof
export type Proof = syncer.Proof
export type SyncStatus = syncer.Status
export type AnalysisCharts = trips.AnalysisCharts
export type AnalysisQuery = trips.AnalysisQuery
export type AnalysisRow = trips.AnalysisRow
export type RefundRow = trips.RefundRow
export type RefundTotals = trips.RefundTotals
export type TripDetail = trips.TripDetail
export type TripFilter = trips.Filter
export type TripInvoice = trips.InvoiceRow
export type TripQuery = trips.Query
export type TripRow = trips.TripRow
export type TripTotals = trips.TripTotals
export type Download = workspace.Download
/** The lists of package fleet, by the names that it gives them. */
export type FleetListName = 'vehicles' | 'cards' | 'tags' | 'parking' | 'renewals' | 'alerts' | 'parkingResults'
/** The lists of package funds, by the names that it gives them. */
export type FundsListName = 'recharges' | 'allocations' | 'loads'
export type RevealKind = 'card' | 'tag' | 'balance'
export type GroupKind = 'team' | 'project' | 'customer'
/** What is kept by name (backend/store/saved.go). */
export type SavedKind = 'analysisView'
/** The lists of 开票核对, by the names that package coverage gives them. */
export type CoverageKind = 'coverageMonths' | 'coverageTrips' | 'coverageInvoices'
export type ExportFormat = 'xlsx' | 'pdf' | 'csv'

/** What the event "proof" carries; no bound method gives it, so the bindings have no type for it. */
export interface ProofProgress {
  done: number
  total: number
}

/** What the event "print" carries. */
export interface PrintProgress {
  done: number
  total: number
}

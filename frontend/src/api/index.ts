/** The page's only door to Go: every call has a time limit, rejects with a Fault, and never gives null where a list is meant. */
import * as Alerts from '#wails/go/app/Alerts'
import * as Bills from '#wails/go/app/Bills'
import * as Coverage from '#wails/go/app/Coverage'
import * as Deduction from '#wails/go/app/Deduction'
import * as Exports from '#wails/go/app/Exports'
import * as Fleet from '#wails/go/app/Fleet'
import * as Funds from '#wails/go/app/Funds'
import * as Invoices from '#wails/go/app/Invoices'
import * as Lock from '#wails/go/app/Lock'
import * as Order from '#wails/go/app/Order'
import * as Parking from '#wails/go/app/Parking'
import * as Printing from '#wails/go/app/Printing'
import * as Saved from '#wails/go/app/Saved'
import * as Session from '#wails/go/app/Session'
import * as Settings from '#wails/go/app/Settings'
import * as Statements from '#wails/go/app/Statements'
import * as Sync from '#wails/go/app/Sync'
import * as Trips from '#wails/go/app/Trips'
import { ClipboardSetText } from '#wails/runtime/runtime'
import { call, untilAnswered } from './call'
import { Fault, toFault } from './fault'
import type {
  AlertSettings,
  Assignment,
  AnalysisQuery,
  AuthState,
  BillQuery,
  CoverageFilter,
  CoverageKind,
  CoverageQuery,
  DeductionChoice,
  DeductionFilter,
  DeductionMarking,
  DeductionQuery,
  DeductionSumQuery,
  Download,
  ExportFormat,
  FleetListName,
  FleetQuery,
  FundsListName,
  FundsQuery,
  AllocationDraft,
  FundsAllocation,
  Group,
  HallChoice,
  InvoiceChoice,
  InvoiceQuery,
  InvoiceSettingQuery,
  Keeping,
  PasswordReset,
  PlateProof,
  PrintOrder,
  PrintPack,
  PrintPaper,
  RechargeAsk,
  RevealKind,
  SavedKind,
  Selection,
  StatementLayout,
  StatementOrder,
  StatementTemplate,
  Target,
  TripFilter,
  TripQuery,
} from './types'

/** The proof reads every row of the cache: minutes with a large fleet. */
const proofTimeout = 10 * 60_000

/** A workbook of the whole fleet is read cell by cell. */
const sheetTimeout = 2 * 60_000

/** A free filter over years of a large fleet reads every trip of them. */
const analysisTimeout = 5 * 60_000

/** Thousands of invoices are put on sheets, with progress and cancel. */
const stageTimeout = 60 * 60_000

/** Whether each of thousands of invoices was printed is looked up. */
const surveyTimeout = 2 * 60_000

/** What a person read on a captcha's picture. */
export interface CaptchaAnswer {
  id: string
  text: string
}

function withLists(state: AuthState): AuthState {
  return { ...state, accounts: state.accounts ?? [] }
}

function withSignIns(choice: HallChoice): HallChoice {
  return { ...choice, signIns: choice.signIns ?? [] }
}

/** Go writes an empty list as null. */
async function page<P extends { rows: unknown[] }>(work: () => Promise<P>): Promise<P> {
  const answer = await call(work)
  return { ...answer, rows: answer.rows ?? [] }
}

export const session = {
  state: async () => withLists(await call(() => Session.State())),
  openCache: () => call(() => Session.OpenCache()),
  hall: async () => withSignIns(await call(() => Session.Hall())),
  useHall: async (url: string) => withSignIns(await call(() => Session.UseHall(url))),
  requestCode: (userKind: string, phone: string) => call(() => Session.RequestCode(userKind, phone)),
  demoMessages: async () => (await call(() => Session.DemoMessages())) ?? [],
  signIn: async (userKind: string, phone: string, code: string) =>
    withLists(await call(() => Session.SignIn(userKind, phone, code))),
  verify: async (name: string, documentType: string, documentNumber: string) =>
    withLists(await call(() => Session.Verify(name, documentType, documentNumber))),
  chooseAccount: async (id: string) => withLists(await call(() => Session.ChooseAccount(id))),
  signOut: async (wipe: boolean) => withLists(await call(() => Session.SignOut(wipe))),
  signOutEverywhere: async (wipe: boolean) => withLists(await call(() => Session.SignOutEverywhere(wipe))),
  captcha: () => call(() => Session.Captcha()),
  signInByNickname: async (userKind: string, nickname: string, password: string, captcha: CaptchaAnswer) =>
    withLists(await call(() => Session.SignInByNickname(userKind, nickname, password, captcha.id, captcha.text))),
  requestBindingCode: () => call(() => Session.RequestBindingCode()),
  confirmBinding: async (code: string) => withLists(await call(() => Session.ConfirmBinding(code))),
  recoverNickname: (plateNumber: string, plateColor: number, phone: string, captcha: CaptchaAnswer) =>
    call(() => Session.RecoverNickname(plateNumber, plateColor, phone, captcha.id, captcha.text)),
  recoveredNickname: async (phone: string, code: string) => {
    const found = await call(() => Session.RecoveredNickname(phone, code))
    return { ...found, cards: found.cards ?? [] }
  },
  requestPasswordReset: (reset: PasswordReset) => call(() => Session.RequestPasswordReset(reset)),
  resetPassword: (reset: PasswordReset, code: string, password: string) =>
    call(() => Session.ResetPassword(reset, code, password)),
  changePassword: (old: string, fresh: string) => call(() => Session.ChangePassword(old, fresh)),
  recoverPhone: (proof: PlateProof) => call(() => Session.RecoverPhone(proof)),
  requestPhoneChange: (proof: PlateProof, phone: string) => call(() => Session.RequestPhoneChange(proof, phone)),
  changePhone: (proof: PlateProof, phone: string, code: string) => call(() => Session.ChangePhone(proof, phone, code)),
  auditTrail: async () => (await call(() => Session.AuditTrail())) ?? [],
}

export const lock = {
  state: () => call(() => Lock.State()),
  now: () => call(() => Lock.Now()),
  unlock: (passphrase: string) => call(() => Lock.Unlock(passphrase)),
  setPassphrase: (old: string, fresh: string) => call(() => Lock.SetPassphrase(old, fresh)),
  removePassphrase: (passphrase: string) => call(() => Lock.RemovePassphrase(passphrase)),
  forgotten: () => call(() => Lock.Forgotten()),
  setIdleMinutes: (minutes: number) => call(() => Lock.SetIdleMinutes(minutes)),
}

export const sync = {
  status: () => call(() => Sync.Status()),
  start: () => call(() => Sync.Start()),
  cancel: () => call(() => Sync.Cancel()),
  proof: async () => {
    const proof = await call(() => Sync.Proof(), proofTimeout)
    return { ...proof, months: proof.months ?? [], unproven: proof.unproven ?? [] }
  },
  cancelProof: () => call(() => Sync.CancelProof()),
}

export const bills = {
  span: () => call(() => Bills.Span()),
  plates: async (part: string) => (await call(() => Bills.Plates(part))) ?? [],
  statistics: (query: BillQuery, offset: number, limit: number) => page(() => Bills.Statistics(query, offset, limit)),
  lines: (query: BillQuery, offset: number, limit: number) => page(() => Bills.Lines(query, offset, limit)),
  sumStatistics: (query: BillQuery, selection: Selection) => call(() => Bills.SumStatistics(query, selection)),
  sumLines: (query: BillQuery, selection: Selection) => call(() => Bills.SumLines(query, selection)),
  copyStatistics: (query: BillQuery, selection: Selection) => call(() => Bills.CopyStatistics(query, selection)),
  copyLines: (query: BillQuery, selection: Selection) => call(() => Bills.CopyLines(query, selection)),
  shown: async () => (await call(() => Bills.Shown())) ?? [],
}

export const exports = {
  startStatistics: (query: BillQuery, format: ExportFormat) => call(() => Exports.StartStatistics(query, format)),
  startLines: (query: BillQuery, format: ExportFormat) => call(() => Exports.StartLines(query, format)),
  startFleet: (name: FleetListName, query: FleetQuery, format: ExportFormat, full: boolean) =>
    call(() => Exports.StartFleet(name, query, format, full)),
  startTrips: (query: TripQuery, format: ExportFormat) => call(() => Exports.StartTrips(query, format)),
  startAnalysis: (query: AnalysisQuery, format: ExportFormat) => call(() => Exports.StartAnalysis(query, format)),
  startInvoices: (query: InvoiceQuery, format: ExportFormat) => call(() => Exports.StartInvoices(query, format)),
  startInvoiceSettings: (query: InvoiceSettingQuery, format: ExportFormat) =>
    call(() => Exports.StartInvoiceSettings(query, format)),
  startRefunds: (query: TripQuery, format: ExportFormat) => call(() => Exports.StartRefunds(query, format)),
  list: (offset: number, limit: number) => page(() => Exports.List(offset, limit)),
  cancel: (id: number) => call(() => Exports.Cancel(id)),
  again: (id: number) => call(() => Exports.Again(id)),
  open: (id: number) => call(() => Exports.Open(id)),
  openFolder: (id: number) => call(() => Exports.OpenFolder(id)),
  saveAs: (id: number) => call(() => Exports.SaveAs(id), untilAnswered),
}

function withParts(template: StatementTemplate): StatementTemplate {
  return { ...template, layout: { ...template.layout, parts: template.layout.parts ?? [] } }
}

export const statements = {
  parts: async () => (await call(() => Statements.Parts())) ?? [],
  preview: async (order: StatementOrder) => {
    const preview = await call(() => Statements.Preview(order))
    return { ...preview, scenes: preview.scenes ?? [], summary: preview.summary ?? [] }
  },
  start: (order: StatementOrder) => call(() => Statements.Start(order)),
  templates: async () => ((await call(() => Statements.Templates())) ?? []).map(withParts),
  saveTemplate: async (name: string, layout: StatementLayout) =>
    withParts(await call(() => Statements.SaveTemplate(name, layout))),
  renameTemplate: (from: string, to: string) => call(() => Statements.RenameTemplate(from, to)),
  deleteTemplate: (name: string) => call(() => Statements.DeleteTemplate(name)),
}

export const trips = {
  list: (query: TripQuery, offset: number, limit: number) => page(() => Trips.List(query, offset, limit)),
  detail: async (id: number) => {
    const detail = await call(() => Trips.Detail(id))
    return {
      ...detail,
      lines: detail.lines ?? [],
      refunds: detail.refunds ?? [],
      invoices: detail.invoices ?? [],
    }
  },
  sum: (query: TripQuery, selection: Selection) => call(() => Trips.Sum(query, selection)),
  copy: (query: TripQuery, selection: Selection) => call(() => Trips.Copy(query, selection)),
  refunds: (query: TripQuery, offset: number, limit: number) => page(() => Trips.Refunds(query, offset, limit)),
  sumRefunds: (query: TripQuery, selection: Selection) => call(() => Trips.SumRefunds(query, selection)),
  copyRefunds: (query: TripQuery, selection: Selection) => call(() => Trips.CopyRefunds(query, selection)),
  analysis: async (query: AnalysisQuery, offset: number, limit: number) => {
    const answer = await call(() => Trips.Analysis(query, offset, limit), analysisTimeout)
    return { ...answer, rows: answer.rows ?? [] }
  },
  charts: async (filter: TripFilter) => {
    const charts = await call(() => Trips.Charts(filter), analysisTimeout)
    return { ...charts, months: charts.months ?? [], vehicles: charts.vehicles ?? [], routes: charts.routes ?? [] }
  },
  cancelAnalysis: () => call(() => Trips.CancelAnalysis()),
  sumAnalysis: (query: AnalysisQuery, selection: Selection) => call(() => Trips.SumAnalysis(query, selection)),
  copyAnalysis: (query: AnalysisQuery, selection: Selection) => call(() => Trips.CopyAnalysis(query, selection)),
}

export const invoices = {
  list: (query: InvoiceQuery, offset: number, limit: number) => page(() => Invoices.List(query, offset, limit)),
  detail: async (id: number) => {
    const detail = await call(() => Invoices.Detail(id))
    return { ...detail, covered: detail.covered ?? [], papers: detail.papers ?? [] }
  },
  sum: (query: InvoiceQuery, selection: Selection) => call(() => Invoices.Sum(query, selection)),
  copy: (query: InvoiceQuery, selection: Selection) => call(() => Invoices.Copy(query, selection)),
  settings: async (query: InvoiceSettingQuery, offset: number, limit: number) => {
    const answer = await call(() => Invoices.Settings(query, offset, limit))
    return { rows: answer.rows ?? [], totals: { rows: answer.total } }
  },
  copySettings: (query: InvoiceSettingQuery, selection: Selection) =>
    call(() => Invoices.CopySettings(query, selection)),
  download: (asked: Download) => call(() => Invoices.Download(asked)),
  use: (before: string) => call(() => Invoices.Use(before)),
  clear: (before: string) => call(() => Invoices.Clear(before)),
  saveDocument: (id: number, kind: string) => call(() => Invoices.SaveDocument(id, kind), untilAnswered),
  openDocument: (id: number, kind: string) => call(() => Invoices.OpenDocument(id, kind)),
  /** The bytes of a document on this computer, as the hall issued them. */
  document: (id: number, kind: string) => call(() => bytesOf(`/documents/${id}/${kind}`)),
}

/** 开票核对. A filter whose trips are not yet held against their invoices is refused with coverage_stale: refresh works on them for a moment. */
export const coverage = {
  states: async () => (await call(() => Coverage.States())) ?? [],
  refresh: (filter: CoverageFilter) => call(() => Coverage.Refresh(filter)),
  months: (query: CoverageQuery, offset: number, limit: number) => page(() => Coverage.Months(query, offset, limit)),
  trips: (query: CoverageQuery, offset: number, limit: number) => page(() => Coverage.Trips(query, offset, limit)),
  invoices: (query: CoverageQuery, offset: number, limit: number) =>
    page(() => Coverage.Invoices(query, offset, limit)),
  sumTrips: (query: CoverageQuery, selection: Selection) => call(() => Coverage.SumTrips(query, selection)),
  sumInvoices: (query: CoverageQuery, selection: Selection) => call(() => Coverage.SumInvoices(query, selection)),
  copyMonths: (query: CoverageQuery, selection: Selection) => call(() => Coverage.CopyMonths(query, selection)),
  copyTrips: (query: CoverageQuery, selection: Selection) => call(() => Coverage.CopyTrips(query, selection)),
  copyInvoices: (query: CoverageQuery, selection: Selection) => call(() => Coverage.CopyInvoices(query, selection)),
  export: (kind: CoverageKind, query: CoverageQuery, format: ExportFormat) =>
    call(() => Coverage.Export(kind, query, format)),
}

/** 通行费进项抵扣台账, with the accountant's own marks. */
export const deduction = {
  rules: async () => {
    const rules = await call(() => Deduction.Rules())
    return { ...rules, rules: rules.rules ?? [], purposes: rules.purposes ?? [], notes: rules.notes ?? [] }
  },
  list: (query: DeductionQuery, offset: number, limit: number) => page(() => Deduction.List(query, offset, limit)),
  sum: (query: DeductionQuery, selection: Selection) => call(() => Deduction.Sum(query, selection)),
  copy: (query: DeductionQuery, selection: Selection) => call(() => Deduction.Copy(query, selection)),
  sums: (query: DeductionSumQuery, offset: number, limit: number) => page(() => Deduction.Sums(query, offset, limit)),
  sumSums: (query: DeductionSumQuery, selection: Selection) => call(() => Deduction.SumSums(query, selection)),
  copySums: (query: DeductionSumQuery, selection: Selection) => call(() => Deduction.CopySums(query, selection)),
  mark: async (choice: DeductionChoice, marking: DeductionMarking) => {
    const marked = await call(() => Deduction.Mark(choice, marking))
    return { ...marked, refused: marked.refused ?? [] }
  },
  unmark: (choice: DeductionChoice) => call(() => Deduction.Unmark(choice)),
  export: (filter: DeductionFilter, format: ExportFormat) => call(() => Deduction.Export(filter, format)),
}

export const printing = {
  printers: async () => (await call(() => Printing.Printers())) ?? [],
  survey: (choice: InvoiceChoice) => call(() => Printing.Survey(choice), surveyTimeout),
  stage: async (order: PrintOrder): Promise<PrintPack> => {
    const pack = await call(() => Printing.Stage(order), stageTimeout)
    return { ...pack, leftOut: pack.leftOut ?? [] }
  },
  cancelStage: () => call(() => Printing.CancelStage()),
  discard: () => call(() => Printing.Discard()),
  print: (id: number, paper: PrintPaper) => call(() => Printing.Print(id, paper)),
  save: (id: number) => call(() => Printing.Save(id)),
  saveEach: (order: PrintOrder) => call(() => Printing.SaveEach(order), surveyTimeout),
  /** The bytes of the pack that waits: the file that is printed. */
  pack: (id: number) => call(() => bytesOf(`/packs/${id}/pdf`), surveyTimeout),
}

/** Files come from Go beside the page, by number. A refusal is told as bound calls tell theirs. */
async function bytesOf(address: string): Promise<Uint8Array> {
  const answer = await fetch(address)
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer())
  const text = await answer.text()
  throw text.startsWith('{') ? toFault(text) : new Fault('internal', `status ${answer.status}`)
}

export const fleet = {
  center: () => call(() => Fleet.Center()),
  vehicles: (query: FleetQuery, offset: number, limit: number) => page(() => Fleet.Vehicles(query, offset, limit)),
  cards: (query: FleetQuery, offset: number, limit: number) => page(() => Fleet.Cards(query, offset, limit)),
  tags: (query: FleetQuery, offset: number, limit: number) => page(() => Fleet.Tags(query, offset, limit)),
  renewals: (query: FleetQuery, offset: number, limit: number) => page(() => Fleet.Renewals(query, offset, limit)),
  copy: (name: FleetListName, query: FleetQuery, selection: Selection) =>
    call(() => Fleet.Copy(name, query, selection)),
  vehicle: async (id: number) => {
    const detail = await call(() => Fleet.Vehicle(id))
    return {
      ...detail,
      cards: detail.cards ?? [],
      tags: detail.tags ?? [],
      signings: detail.signings ?? [],
      memberships: detail.memberships ?? [],
      months: detail.months ?? [],
    }
  },
  card: (id: number) => call(() => Fleet.Card(id)),
  tag: (id: number) => call(() => Fleet.Tag(id)),
  statusEntries: (cardId: number, from: string, to: string, offset: number, limit: number) =>
    page(() => Fleet.StatusEntries(cardId, from, to, offset, limit)),
  reveal: (kind: RevealKind, id: number) => call(() => Fleet.Reveal(kind, id)),
}

export const order = {
  groups: async () => (await call(() => Order.Groups())) ?? [],
  saveGroup: (group: Group) => call(() => Order.SaveGroup(group)),
  deleteGroup: (id: number) => call(() => Order.DeleteGroup(id)),
  assign: (assignment: Assignment) => call(() => Order.Assign(assignment)),
  matchPasted: async (text: string) => {
    const pasted = await call(() => Order.MatchPasted(text))
    return { ...pasted, rows: pasted.rows ?? [] }
  },
  keep: (vehicleId: number, keeping: Keeping) => call(() => Order.Keep(vehicleId, keeping)),
  readSheet: async (content: string) => {
    const preview = await call(() => Order.ReadSheet(content), sheetTimeout)
    return {
      ...preview,
      newGroups: preview.newGroups ?? [],
      columns: preview.columns ?? [],
      ignored: preview.ignored ?? [],
      problems: preview.problems ?? [],
    }
  },
  takeSheet: (token: string) => call(() => Order.TakeSheet(token), sheetTimeout),
}

export const alerts = {
  list: (query: FleetQuery, offset: number, limit: number) => page(() => Alerts.List(query, offset, limit)),
  summary: () => call(() => Alerts.Summary()),
  acknowledge: (ids: number[]) => call(() => Alerts.Acknowledge(ids)),
  settings: () => call(() => Alerts.Settings()),
  setSettings: (next: AlertSettings) => call(() => Alerts.SetSettings(next)),
}

export const parking = {
  list: (query: FleetQuery, offset: number, limit: number) => page(() => Parking.List(query, offset, limit)),
  authorize: (authorized: boolean, target: Target) => call(() => Parking.Authorize(authorized, target)),
  continueBatch: (id: number) => call(() => Parking.Continue(id)),
  retry: (id: number) => call(() => Parking.Retry(id)),
  stop: (id: number) => call(() => Parking.Stop(id)),
  batches: async () => (await call(() => Parking.Batches())) ?? [],
  results: (query: FleetQuery, offset: number, limit: number) => page(() => Parking.Results(query, offset, limit)),
}

function withRefusals(allocation: FundsAllocation): FundsAllocation {
  return { ...allocation, refusals: allocation.refusals ?? [] }
}

export const funds = {
  recharges: (query: FundsQuery, offset: number, limit: number) => page(() => Funds.Recharges(query, offset, limit)),
  allocations: (query: FundsQuery, offset: number, limit: number) =>
    page(() => Funds.Allocations(query, offset, limit)),
  loads: (query: FundsQuery, offset: number, limit: number) => page(() => Funds.Loads(query, offset, limit)),
  sum: (name: FundsListName, query: FundsQuery, selection: Selection) => call(() => Funds.Sum(name, query, selection)),
  copy: (name: FundsListName, query: FundsQuery, selection: Selection) =>
    call(() => Funds.Copy(name, query, selection)),
  startExport: (name: FundsListName, query: FundsQuery, format: ExportFormat) =>
    call(() => Funds.StartExport(name, query, format)),
  startTemplate: () => call(() => Funds.StartTemplate()),
  cards: (words: string, offset: number, limit: number) => page(() => Funds.Cards(words, offset, limit)),
  overview: () => call(() => Funds.Overview()),
  recharge: (ask: RechargeAsk) => call(() => Funds.Recharge(ask)),
  refresh: (id: number) => call(() => Funds.Refresh(id)),
  closeOrder: (id: number) => call(() => Funds.CloseOrder(id)),
  openPayment: (id: number) => call(() => Funds.OpenPayment(id)),
  asked: async () => {
    const asked = await call(() => Funds.Asked())
    return { orders: asked.orders ?? [], allocations: (asked.allocations ?? []).map(withRefusals) }
  },
  seenOrder: (id: number) => call(() => Funds.SeenOrder(id)),
  seenAllocation: (id: number) => call(() => Funds.SeenAllocation(id)),
  preview: async (draft: AllocationDraft) => {
    const preview = await call(() => Funds.Preview(draft), sheetTimeout)
    return { ...preview, rows: preview.rows ?? [], refusals: preview.refusals ?? [] }
  },
  allocate: async (token: string) => withRefusals(await call(() => Funds.Allocate(token))),
  askAllocation: async (id: number) => withRefusals(await call(() => Funds.AskAllocation(id))),
}

export const saved = {
  list: async (kind: SavedKind) => (await call(() => Saved.List(kind))) ?? [],
  put: (kind: SavedKind, name: string, body: string) => call(() => Saved.Put(kind, name, body)),
  rename: (kind: SavedKind, from: string, to: string) => call(() => Saved.Rename(kind, from, to)),
  remove: (kind: SavedKind, name: string) => call(() => Saved.Delete(kind, name)),
}

/** The webview refuses the page's own clipboard. */
export const copyText = (text: string) => call(() => ClipboardSetText(text))

export const settings = {
  load: (key: string) => call(() => Settings.Load(key)),
  save: (key: string, value: string) => call(() => Settings.Save(key, value)),
}

export { onAlerts, onAllocation, onJob, onOrder, onParking, onPrint, onProof, onSync } from './events'
export { Fault, toFault } from './fault'
export type * from './types'

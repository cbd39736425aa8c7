/** The page's only door to Go: every call has a time limit, rejects with a Fault, and never gives null where a list is meant. */
import * as Bills from '#wails/go/app/Bills'
import * as Exports from '#wails/go/app/Exports'
import * as Lock from '#wails/go/app/Lock'
import * as Session from '#wails/go/app/Session'
import * as Settings from '#wails/go/app/Settings'
import * as Sync from '#wails/go/app/Sync'
import { call, untilAnswered } from './call'
import type { AuthState, BillQuery, ExportFormat, HallChoice, PasswordReset, PlateProof, Selection } from './types'

/** The proof reads every row of the cache: minutes with a large fleet. */
const proofTimeout = 10 * 60_000

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

export const session = {
  state: async () => withLists(await call(() => Session.State())),
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
  statistics: async (query: BillQuery, offset: number, limit: number) => {
    const page = await call(() => Bills.Statistics(query, offset, limit))
    return { ...page, rows: page.rows ?? [] }
  },
  lines: async (query: BillQuery, offset: number, limit: number) => {
    const page = await call(() => Bills.Lines(query, offset, limit))
    return { ...page, rows: page.rows ?? [] }
  },
  sumStatistics: (query: BillQuery, selection: Selection) => call(() => Bills.SumStatistics(query, selection)),
  sumLines: (query: BillQuery, selection: Selection) => call(() => Bills.SumLines(query, selection)),
  copyStatistics: (query: BillQuery, selection: Selection) => call(() => Bills.CopyStatistics(query, selection)),
  copyLines: (query: BillQuery, selection: Selection) => call(() => Bills.CopyLines(query, selection)),
  revealCard: (cardId: number) => call(() => Bills.RevealCard(cardId)),
  shown: async () => (await call(() => Bills.Shown())) ?? [],
}

export const exports = {
  startStatistics: (query: BillQuery, format: ExportFormat) => call(() => Exports.StartStatistics(query, format)),
  startLines: (query: BillQuery, format: ExportFormat) => call(() => Exports.StartLines(query, format)),
  list: async (offset: number, limit: number) => {
    const page = await call(() => Exports.List(offset, limit))
    return { ...page, rows: page.rows ?? [] }
  },
  cancel: (id: number) => call(() => Exports.Cancel(id)),
  again: (id: number) => call(() => Exports.Again(id)),
  open: (id: number) => call(() => Exports.Open(id)),
  openFolder: (id: number) => call(() => Exports.OpenFolder(id)),
  saveAs: (id: number) => call(() => Exports.SaveAs(id), untilAnswered),
}

export const settings = {
  load: (key: string) => call(() => Settings.Load(key)),
  save: (key: string, value: string) => call(() => Settings.Save(key, value)),
}

export { onJob, onProof, onSync } from './events'
export { Fault, toFault } from './fault'
export type * from './types'

// Page objects: what a person does in the program, by what a person sees.
import assert from 'node:assert/strict'
import { until } from './program.mjs'

const byId = (page, id) => page.getByTestId(id)

export const passphrase = '一路平安 2024'

/** Opens a program that starts locked. */
export async function unlock(page, typed = passphrase) {
  await byId(page, 'unlock-passphrase').fill(typed)
  await byId(page, 'unlock').click()
}

export const login = (page) => ({
  fault: byId(page, 'login-fault'),
  codeFault: byId(page, 'code-fault'),
  steps: byId(page, 'login-steps'),
  async fillSample(index = 0) {
    await byId(page, 'demo-fill').nth(index).click()
  },
  async sendCode() {
    await byId(page, 'send-code').click()
  },
  async enterCode(code) {
    await byId(page, 'code').fill(code)
    await byId(page, 'sign-in').click()
  },
  /** The code as the demo shows it; a click fills it in. */
  async takeDemoCode() {
    await byId(page, 'demo-code').first().click()
  },
  async verify({ name, document }) {
    await byId(page, 'holder-name').fill(name)
    await byId(page, 'document-number').fill(document)
    await byId(page, 'verify').click()
  },
  async useHall(url) {
    await byId(page, 'hall-open').click()
    await byId(page, 'hall-address').click()
    await byId(page, 'hall-url').fill(url)
    await byId(page, 'hall-save').click()
  },
  /** The whole way in at a hall of its own process. */
  async signInAt(hall) {
    await this.useHall(hall.url)
    await byId(page, 'hall-dialog').waitFor({ state: 'hidden' })
    await byId(page, 'phone').fill(hall.clerk.phone)
    await this.sendCode()
    await this.enterCode(await hall.code(hall.clerk.phone))
    await byId(page, 'holder-name').waitFor()
    await this.verify(hall.clerk)
    await this.keepPassphrase()
  },
  /** The step of a system without a keychain. */
  async keepPassphrase() {
    await byId(page, 'passphrase').fill(passphrase)
    await byId(page, 'passphrase-again').fill(passphrase)
    await byId(page, 'keep-passphrase').click()
  },
  async asKind(kind) {
    const words = kind === 'unit' ? '单位用户' : '个人用户'
    if ((await byId(page, 'user-kind').textContent()).trim() !== words) await byId(page, 'switch-kind').click()
  },
  /** Types what the newest picture shows. */
  async readCaptcha(hall) {
    await page.locator('[data-testid="captcha-picture"] img').waitFor()
    await byId(page, 'captcha').fill((await hall.captcha()).toLowerCase())
  },
  async byNickname(hall, clerk, password = clerk.password) {
    await this.asKind(clerk.kind)
    await byId(page, 'tab-nickname').click()
    await byId(page, 'nickname').fill(clerk.nickname)
    await byId(page, 'password').fill(password)
    await this.readCaptcha(hall)
    await byId(page, 'sign-in').click()
  },
  /** Fills in what proves a holder by one of the vehicles. */
  async fillPlateProof(hall, clerk) {
    await byId(page, 'recovery-plate').fill(clerk.plate)
    if (clerk.colour !== 1) await select(page, 'recovery-colour', { 0: '蓝色', 4: '渐变绿' }[clerk.colour])
    await byId(page, 'holder-name').fill(clerk.name)
    await byId(page, 'document-number').fill(clerk.document)
    await this.readCaptcha(hall)
  },
  /** The whole way in on the demo hall. */
  async signInToDemo() {
    await this.fillSample()
    await this.sendCode()
    await this.takeDemoCode()
    await byId(page, 'sign-in').click()
    await byId(page, 'holder-name').waitFor()
    await this.fillSample()
    await byId(page, 'verify').click()
    await this.keepPassphrase()
  },
})

export const shell = (page) => ({
  badge: byId(page, 'sync-badge'),
  async synced() {
    await page.locator('[data-testid="sync-badge"][data-state="synced"]').waitFor({ timeout: 90_000 })
  },
  async sync() {
    await page.keyboard.press('F5')
  },
  async proof() {
    await byId(page, 'sync-label').click()
    await byId(page, 'proof-open').click()
    return (await byId(page, 'proof-verdict').textContent()).trim()
  },
  async goTo(name) {
    await byId(page, 'nav').getByRole('link', { name, exact: true }).click()
  },
  async offline() {
    const badge = page.locator('[data-testid="sync-badge"][data-state="offline"]')
    const noticed = () =>
      badge.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      )
    // F5 while a sync runs asks for nothing more, and that sync may have had its answers already.
    await until('the program to notice that it is offline', async () => {
      await this.sync()
      return noticed()
    })
  },
})

export const select = async (page, id, option) => {
  await byId(page, id).click()
  await page.getByRole('option', { name: option, exact: false }).locator('visible=true').first().click()
}

/** Chooses in a field that takes several. */
export const selectMany = async (page, id, ...options) => {
  await byId(page, id).click()
  for (const option of options) {
    await page.getByRole('option', { name: option, exact: true }).locator('visible=true').click()
  }
  await page.keyboard.press('Escape')
}

/** One of the two bill lists. */
export const list = (page, name) => ({
  root: byId(page, `list-${name}`),
  pager: byId(page, 'pager'),
  grid: page.getByRole('grid'),
  async open() {
    await byId(page, `tab-${name}`).click()
    await this.ready()
  },
  async ready() {
    await page.locator(`[data-testid="list-${name}"][data-ready="true"]`).waitFor()
    await until('the rows', async () => (await page.locator('[role="gridcell"] .skeleton').count()) === 0)
  },
  async query({ plate, kind, from, to, scene } = {}) {
    if (plate !== undefined) await byId(page, 'plate').fill(plate)
    if (scene) await select(page, 'scene', scene)
    if (kind) await select(page, 'period-kind', kind)
    if (from) await select(page, 'period-from', from)
    if (to) await select(page, 'period-to', to)
    await byId(page, 'query').click()
    await this.ready()
  },
  /** The cells of the rows on screen, by column. */
  async rows() {
    return page.locator('[role="grid"] [role="row"]:has([role="gridcell"])').evaluateAll((rows) => {
      const text = (cell) => {
        const copy = cell.cloneNode(true)
        copy
          .querySelectorAll('[data-testid="card-show"], [data-testid="tag-show"]')
          .forEach((button) => button.remove())
        return copy.textContent.trim()
      }
      return rows
        .map((row) => ({
          index: Number(row.getAttribute('aria-rowindex')),
          cells: Object.fromEntries(
            [...row.querySelectorAll('[role="gridcell"]')].map((cell) => [cell.dataset.key, text(cell)]),
          ),
        }))
        .sort((a, b) => a.index - b.index)
        .map((row) => row.cells)
    })
  },
  async total() {
    return (await byId(page, 'total-sum').textContent()).replace(/[^\d.-]/g, '')
  },
  async count() {
    return Number((await byId(page, 'total-rows').textContent()).replace(/\D/g, ''))
  },
  async sort(column) {
    await byId(page, `sort-${column}`).click()
    await this.ready()
  },
  async status() {
    return (await byId(page, 'status').textContent()).trim()
  },
  /** Gives the job, as startedJob does. */
  async exportAs(format) {
    await byId(page, 'export').click()
    return startedJob(page, () => byId(page, `export-${format}`).click())
  },
})

/** One of the lists of the fleet; what it has in common with the bill lists is theirs. */
export const fleetList = (page, name) => ({
  ...list(page, name),
  async search(words) {
    await byId(page, 'search').fill(words)
    await until('the search', () => page.evaluate((text) => decodeURIComponent(location.hash).includes(text), words))
    await this.ready()
  },
  async choose(field, option) {
    await select(page, field, option)
    await this.ready()
  },
  async reset() {
    await byId(page, 'reset').click()
    await this.ready()
  },
  /** Opens the details of a row by a double click. */
  async openRow(row) {
    await page.locator(`[role="gridcell"][data-row="${row}"][data-column="1"]`).dblclick({ position: { x: 4, y: 8 } })
  },
  async tickAll() {
    await byId(page, 'tick-all').click()
  },
  async ticked() {
    return Number((await byId(page, 'ticked').textContent()).match(/[\d,]+/)[0].replaceAll(',', ''))
  },
})

/** One of the lists of trips or refunds. */
export const tripList = (page, name) => ({
  ...list(page, name),
  /** Fills in days; '' is an end without limit. label is 通行时间, 消费时间 or 退费日期. */
  async between(label, from, to) {
    for (const [end, day] of [
      ['开始日期', from],
      ['结束日期', to],
    ]) {
      const field = page.getByRole('combobox', { name: `${label}${end}` })
      await field.fill(day)
      await field.press('Enter')
    }
    await byId(page, 'query').click()
    await this.ready()
  },
  async choose(quick) {
    await byId(page, `quick-${quick}`).click()
    await this.ready()
  },
  /** The rows of all pages, one page after the other. */
  async everyRow() {
    const rows = await this.rows()
    const count = Number(await this.root.getAttribute('data-rows'))
    while (rows.length < count) {
      await this.pager.locator('.btn-next').click()
      await this.ready()
      rows.push(...(await this.rows()))
    }
    return rows
  },
  async openRow(row) {
    await page.locator(`[role="gridcell"][data-row="${row}"][data-key="passedAt"]`).dblclick()
    await byId(page, 'trip-detail').waitFor()
  },
  async figure(key) {
    return (await byId(page, `total-${key}`).textContent()).replace(/[^\d.-]/g, '')
  },
})

/** 我的视图 of the analysis. */
export const savedViews = (page) => ({
  label: async () => (await byId(page, 'views').textContent()).trim(),
  async open() {
    await byId(page, 'views').click()
    await byId(page, 'view-save-as').waitFor()
  },
  async names() {
    await this.open()
    const names = await byId(page, 'view').locator('.view-name').allTextContents()
    await page.keyboard.press('Escape')
    await byId(page, 'view-save-as').waitFor({ state: 'detached' })
    return names
  },
  async choose(name) {
    await this.open()
    await byId(page, 'view').filter({ hasText: name }).first().click()
    await until(`the view ${name}`, async () => (await this.label()) === name)
  },
  async saveAs(name, { isFixed = false } = {}) {
    await this.open()
    await byId(page, 'view-save-as').click()
    await byId(page, 'view-name-field').fill(name)
    if (isFixed) await byId(page, 'moves-fixed').click()
    await byId(page, 'view-keep').click()
    await dialog(page, '保存为视图').waitFor({ state: 'hidden' })
  },
  /** Gives the view that is shown another name, or sees the refusal. */
  async rename(from, to, refusal) {
    assert.equal(await this.label(), from)
    await this.open()
    await byId(page, 'view-rename').click()
    await byId(page, 'view-name-field').fill(to)
    await byId(page, 'view-keep').click()
    if (refusal) {
      await page.getByText(refusal).waitFor()
      await page.keyboard.press('Escape')
    }
    await dialog(page, '重命名视图').waitFor({ state: 'hidden' })
    assert.equal(await this.label(), refusal ? from : to)
  },
  async remove(name) {
    assert.equal(await this.label(), name)
    await this.open()
    await byId(page, 'view-delete').click()
    await confirm(page, '删除视图', '删除')
  },
})

export const dialog = (page, name) => page.getByRole('dialog', { name })

/** Closes what is open on top. */
export async function escape(page, name) {
  await page.keyboard.press('Escape')
  await dialog(page, name).waitFor({ state: 'hidden' })
}

/** Says yes in a box that asks. */
export async function confirm(page, title, action) {
  const box = dialog(page, title)
  const text = await box.textContent()
  await box.getByRole('button', { name: action, exact: true }).click()
  await box.waitFor({ state: 'hidden' })
  return text
}

/** The fields that say into which group vehicles go, and from when. */
export async function intoGroup(page, { kind, group, newName, everSince = false }) {
  await byId(page, `kind-${kind}`).click()
  await select(page, 'assign-group', newName ? '新建' : group)
  if (newName) await byId(page, 'assign-name').fill(newName)
  if (everSince) await byId(page, 'ever-since').click()
}

export const parkingBatch = (page) => ({
  panel: byId(page, 'batch-panel'),
  async ended(state = 'done') {
    await page.locator(`[data-testid="batch-panel"][data-state="${state}"]`).waitFor({ timeout: 60_000 })
  },
  /** done, unchanged, refused and pending. */
  async counts() {
    const text = await byId(page, 'batch-counts').first().textContent()
    return text.match(/\d[\d,]*/g).map((count) => Number(count.replaceAll(',', '')))
  },
})

/** Does what begins a job, and gives that job as it is shown above the page: the one before it may still be there. */
export async function startedJob(page, begin) {
  const jobs = () => byId(page, 'tray-job').evaluateAll((all) => all.map((one) => one.dataset.job))
  const known = await jobs()
  await begin()
  const number = await until('the job', async () => (await jobs()).find((each) => !known.includes(each)))
  return page.locator(`[data-testid="tray-job"][data-job="${number}"]`)
}

/** Waits until the newest export is in a state and gives its row. */
export async function newestExport(page, state) {
  const row = byId(page, 'export-row').first()
  await until(`the newest export to be ${state}`, async () => (await row.getAttribute('data-state')) === state, 60)
  return row
}

export function noFaults(program) {
  assert.deepEqual(program.faults, [])
}

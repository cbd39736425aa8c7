// What an accountant does after the 15th: hold last month's trips against their invoices, see what is missing and why, and write the ledger of
// input tax, with a mark for each month in which an invoice is claimed. All of it with no network.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { confirm, dialog, login, noFaults, select, shell, tripList } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

const sample = 'vehicles=12,months=4,seed=5,until=2026-11-20'

let hall, program, page, id, months, trips, invoices, ledger, sums
before(async () => {
  hall = await openHall(sample)
  program = await openProgram()
  page = program.page
  id = (testId) => page.getByTestId(testId)
  months = tripList(page, 'coverageMonths')
  trips = tripList(page, 'coverageTrips')
  invoices = tripList(page, 'coverageInvoices')
  ledger = tripList(page, 'deduction')
  sums = tripList(page, 'deductionSums')
  await login(page).signInAt(hall)
  await shell(page).synced()
  await hall.close()
  await shell(page).offline()
})
after(() => program.close())

const fen = (yuan) => Math.round(Number(yuan.replace(/[^\d.-]/g, '')) * 100)
const added = (rows, column) => rows.reduce((total, row) => total + fen(row[column]), 0)

/** Chooses a run of months. */
async function between(list, label, from, to) {
  for (const [end, month] of [
    ['起', from],
    ['止', to],
  ]) {
    const field = page.getByRole('combobox', { name: `${label}${end}` })
    await field.fill(month)
    await field.press('Enter')
  }
  await id('query').click()
  await list.ready()
}

/** What the page says of each state. */
const states = () =>
  id('coverage-state-row').evaluateAll((all) =>
    all.map((one) => ({ code: one.dataset.state, trips: Number(one.dataset.trips), fen: Number(one.dataset.fen) })),
  )

test('the states of the months add up to their trips, and each leads to its own', async () => {
  await shell(page).goTo('开票核对')
  await months.ready()
  await between(months, '通行月份', '2026-08', '2026-11')
  const rows = await months.rows()
  assert.deepEqual(
    rows.map((row) => [row.month, row.final]),
    [
      ['2026-11', '未出账'],
      ['2026-10', '已出账'],
      ['2026-09', '已出账'],
      ['2026-08', '已出账'],
    ],
  )
  for (const row of rows) assert.equal(fen(row.done) + fen(row.open) <= fen(row.paid), true)
  const found = await states()
  assert.equal(
    found.reduce((total, state) => total + state.fen, 0),
    fen(await months.figure('paid')),
  )
  assert.equal(added(rows, 'paid'), fen(await months.figure('paid')))
  for (const code of ['invoiced', 'notDue', 'nonExpressway'])
    assert.ok(
      found.some((state) => state.code === code),
      code,
    )
  const open = found.find((state) => state.code === 'nonExpressway')
  await page.locator('[data-testid="coverage-state-row"][data-state="nonExpressway"]').click()
  await trips.ready()
  const listed = await trips.everyRow()
  assert.equal(listed.length, open.trips)
  assert.equal(added(listed, 'paid'), open.fen)
  assert.ok(listed.every((row) => row.state === '非高速场景' && row.numbers === '-'))
})

test('an invoiced trip shows its invoice, and the list is exported whole', async () => {
  await select(page, 'coverage-state', '已开票')
  await id('query').click()
  await trips.ready()
  const [first] = await trips.rows()
  assert.equal(fen(first.difference), 0)
  assert.match(first.numbers, /^\d{20}/)
  await page.locator('[role="gridcell"][data-row="0"][data-key="passedAt"]').dblclick()
  await id('trip-detail').waitFor()
  const number = first.numbers.split('、')[0]
  await page.getByText(number, { exact: false }).last().waitFor()
  await page.keyboard.press('Escape')
  await id('trip-detail').waitFor({ state: 'hidden' })
  const job = await trips.exportAs('xlsx')
  await until('the export', async () => (await job.getAttribute('data-state')) === 'done', 60)
  await invoices.open()
  assert.equal(await invoices.root.getAttribute('data-ready'), 'true')
})

test('an invoice is claimed once, in one month', async () => {
  await shell(page).goTo('进项抵扣台账')
  await ledger.ready()
  await between(ledger, '月份', '2026-10', '2026-10')
  const rows = await ledger.everyRow()
  assert.equal(rows.length, await ledger.count())
  assert.equal(added(rows, 'tax'), fen(await ledger.figure('deductible')))
  assert.equal(added(rows, 'total'), fen(await ledger.figure('total')))
  assert.ok(rows.every((row) => row.outcome === '是' && row.mark === '未勾选' && row.warning === '相符'))
  await page.keyboard.press('Control+Home')
  await id('reset').click()
  await ledger.ready()
  await between(ledger, '月份', '2026-10', '2026-10')
  const before = await ledger.rows()
  for (const row of [0, 1]) await id('tick').nth(row).click()
  await id('mark').click()
  const period = page.getByRole('combobox', { name: '所属期', exact: true })
  await period.fill('2026-10')
  await period.press('Enter')
  await id('mark-confirm').click()
  await dialog(page, '登记勾选').waitFor({ state: 'hidden' })
  await until(
    'the marks',
    async () => (await ledger.rows()).filter((row) => row.mark === '已勾选 2026-10').length === 2,
  )
  assert.equal(fen(await ledger.figure('marked')), fen(before[0].tax) + fen(before[1].tax))

  // The first of these is claimed already: none of both is marked.
  for (const row of [1, 2]) await id('tick').nth(row).click()
  await id('mark').click()
  await period.fill('2026-11')
  await period.press('Enter')
  await id('mark-confirm').click()
  await id('mark-refused').waitFor()
  const refusals = await id('mark-refusal').allTextContents()
  assert.equal(refusals.length, 1)
  assert.match(refusals[0], new RegExp(`${before[1].number}.*已在 2026-10 勾选`))
  await page.keyboard.press('Escape')
  await dialog(page, '登记勾选').waitFor({ state: 'hidden' })
  assert.equal((await ledger.rows())[2].mark, '未勾选')
  await id('tick').nth(2).click()
  await id('unmark').click()
  assert.match(await confirm(page, '撤销登记', '撤销登记'), /1 张发票/)
  await until('one mark', async () => (await ledger.rows()).filter((row) => row.mark !== '未勾选').length === 1)

  // By the month in which it is claimed the ledger has that one invoice.
  await id('by-period').click()
  await id('query').click()
  await until('the month of the claim', async () => (await ledger.count()) === 1)
  assert.equal((await ledger.rows())[0].number, before[0].number)
})

test('from the ledger an invoice goes to the printer as from its own list', async () => {
  await page.locator('[role="gridcell"][data-row="0"][data-key="number"]').dblclick()
  await id('invoice-print').click()
  const printing = dialog(page, '打印发票')
  await printing.getByText('共 1 张发票').waitFor()
  await page.keyboard.press('Escape')
  await printing.waitFor({ state: 'hidden' })
  await page.keyboard.press('Escape')
  await id('invoice-detail').waitFor({ state: 'hidden' })
})

test('what tolls were used for excludes an invoice, and the sums follow', async () => {
  await id('reset').click()
  await ledger.ready()
  await between(ledger, '月份', '2026-10', '2026-10')
  const all = fen(await ledger.figure('deductible'))
  await id('tick').nth(3).click()
  const [, , , personal] = await ledger.rows()
  await id('mark').click()
  await select(page, 'mark-purpose', '个人消费')
  await id('mark-confirm').click()
  await dialog(page, '登记勾选').waitFor({ state: 'hidden' })
  await until('the exclusion', async () => (await ledger.figure('excluded')) === '1')
  assert.equal(fen(await ledger.figure('deductible')), all - fen(personal.tax))
  assert.equal((await ledger.rows())[3].outcome, '否：用于个人消费')
  await sums.open()
  await between(sums, '月份', '2026-10', '2026-10')
  for (const by of ['按税率', '按车辆', '按项目']) {
    await select(page, 'deduction-by', by)
    await id('query').click()
    await sums.ready()
    const rows = await sums.everyRow()
    assert.ok(rows.length > 0, by)
    assert.equal(added(rows, 'deductible'), all - fen(personal.tax), by)
    assert.equal(added(rows, 'total'), fen(await sums.figure('total')), by)
  }
  const job = await sums.exportAs('pdf')
  await until('the ledger', async () => (await job.getAttribute('data-state')) === 'done', 60)
  noFaults(program)
})

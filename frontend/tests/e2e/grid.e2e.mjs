// The list as a grid: windows of a long list, selection, copy and sums answered by Go.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { list, login, newestExport, noFaults, shell } from './pages.mjs'
import { openProgram, until } from './program.mjs'

let program, page, details
before(async () => {
  program = await openProgram({ env: { TOLLBOOK_DEMO: 'vehicles=60,months=4,seed=2' } })
  page = program.page
  details = list(page, 'lines')
  await login(page).signInToDemo()
  await shell(page).synced()
  await details.open()
  await details.query({ kind: '按年' })
})
after(() => program.close())

const fen = (yuan) => Math.round(Number(yuan.replaceAll(',', '')) * 100)
const clipboard = () => page.evaluate(() => window.runtime.ClipboardGetText())

test('pages of the portal: ten rows, and the last page by its number', async () => {
  const count = await details.count()
  assert.ok(count > 2000)
  assert.equal((await details.rows()).length, 10)
  const last = Math.ceil(count / 10)
  const jump = details.pager.locator('.el-pagination__jump input')
  await jump.fill(String(last))
  await jump.press('Enter')
  await until('the last page', async () => (await details.rows()).length === (count % 10 || 10))
  await details.ready()
})

test('sorting by a column orders the whole list, both ways', async () => {
  await details.sort('amount')
  const least = (await details.rows()).map((row) => fen(row.amount))
  assert.deepEqual(
    least,
    [...least].sort((a, b) => a - b),
  )
  await details.sort('amount')
  const most = (await details.rows()).map((row) => fen(row.amount))
  assert.deepEqual(
    most,
    [...most].sort((a, b) => b - a),
  )
  assert.ok(most[0] > least[0])
  await details.sort('amount') // back to the list's own order
})

test('scrolling reaches the last of all rows, and none is blank', async () => {
  await page.getByTestId('mode-scroll').click()
  await details.ready()
  const count = await details.count()
  await details.grid.focus()
  await page.keyboard.press('Control+End')
  await until('the last row', async () => page.locator(`[role="row"][aria-rowindex="${count + 1}"]`).count())
  await details.ready()
  for (const row of await details.rows()) assert.match(row.passedAt, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
})

test('a selection of the whole list is added up and copied by Go', async () => {
  await details.grid.focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+a')
  const total = Number(await details.total()).toFixed(2)
  await until('the sum of the selection', async () => (await details.status()).replaceAll(',', '').includes(total))
  await page.keyboard.press('Control+c')
  const count = await details.count()
  const copied = await until('the clipboard', async () => {
    const rows = (await clipboard()).trimEnd().split(/\r?\n/)
    return rows.length >= count && rows
  })
  const body = copied.filter((row) => /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.test(row))
  assert.equal(body.length, count)
  const sum = body.reduce((fenSum, row) => fenSum + fen(row.split('\t').find((cell) => /^-?\d+\.\d\d$/.test(cell))), 0)
  assert.equal((sum / 100).toFixed(2), total)
})

test('a filter by plate finds that vehicle alone, and can be cleared', async () => {
  await page.getByTestId('mode-pages').click()
  await details.ready()
  const { plate } = (await details.rows())[0]
  const number = plate.split('【')[0]
  await details.query({ plate: number.slice(-4).toLowerCase() })
  for (const row of await details.rows()) assert.ok(row.plate.includes(number.slice(-4)))
  await details.query({ plate: '浙Z不存在' }).catch(() => {})
  await page.getByTestId('empty').waitFor()
  await page.getByTestId('clear-filter').click()
  await details.ready()
  assert.ok((await details.count()) > 10)
})

test('refunds are negative and provisional months are marked', async () => {
  await details.query({ kind: '按年', scene: '退费业务' })
  for (const row of await details.rows()) {
    assert.equal(row.scene, '退费业务')
    assert.ok(fen(row.amount) < 0)
  }
  await details.query({ scene: '全部' })
  assert.equal((await details.rows())[0].state, '未出账') // the newest line lies in a month that is not final
  assert.notEqual((await page.getByTestId('total-provisional').textContent()).replace(/[^\d]/g, ''), '000')
})

test('a statistic leads to its lines, which add up to it', async () => {
  const statistics = list(page, 'statistics')
  await statistics.open()
  const { amount, plate } = (await statistics.rows())[0]
  await page.locator('[role="gridcell"][data-row="0"][data-key="amount"]').dblclick()
  await details.ready()
  await until(
    'its lines',
    async () =>
      Number(await details.total()) * 100 === fen(amount) ||
      Math.round(Number(await details.total()) * 100) === fen(amount),
  )
  for (const row of await details.rows()) assert.equal(row.plate, plate)
  await page.goBack()
  await statistics.ready()
})

test('a card number is shown in full when asked for, and that is noted', async () => {
  await details.open()
  const masked = (await details.rows())[0].card
  await page.locator('[role="gridcell"][data-row="0"][data-key="card"]').click({ position: { x: 5, y: 10 } })
  await page.keyboard.press(' ')
  const full = page.getByTestId('card-full').first()
  await full.waitFor()
  assert.equal(await full.textContent(), (await full.getAttribute('title')).slice(4))
  assert.equal((await full.textContent()).replace(/^(.{4}).*(.{4})$/, '$1*****$2'), masked)
  await page.getByTestId('account-menu').click()
  await page.getByTestId('shown-open').click()
  await page.getByTestId('shown-entry').first().waitFor()
  assert.match(await page.getByTestId('shown-entry').first().textContent(), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 显示卡号/)
  assert.ok((await page.getByTestId('shown-entry').first().textContent()).includes(masked))
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: '查看记录' }).waitFor({ state: 'hidden' })
})

test('an export outlives a reload of the page', async () => {
  await details.open()
  await details.exportAs('xlsx')
  await shell(page).goTo('导出记录')
  await newestExport(page, 'done')
  await page.reload()
  await newestExport(page, 'done')
  noFaults(program)
})

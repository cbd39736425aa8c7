// What a clerk does on the pages of 2.6.2 and 2.6.3: add up a month, find what was given back and invoiced, export it, offline too.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { dialog, escape, fleetList, login, newestExport, noFaults, shell, tripList } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

/** The newest trips of the sample are of this month; in it there are refunds of both kinds, and one that is still under way. */
const sample = 'vehicles=150,months=5,seed=5,until=2026-11-20'
const october = ['2026-10-01', '2026-10-31']

let hall, program, page, id, etc, other, places, refunds, placeRefunds
before(async () => {
  hall = await openHall(sample)
  program = await openProgram()
  page = program.page
  id = (testId) => page.getByTestId(testId)
  etc = tripList(page, 'etcTrips')
  other = tripList(page, 'otherTrips')
  places = tripList(page, 'placeTrips')
  refunds = tripList(page, 'expresswayRefunds')
  placeRefunds = tripList(page, 'placeRefunds')
  await login(page).signInAt(hall)
  await shell(page).synced()
})
after(async () => {
  await program.close()
  await hall.close()
})

const fen = (yuan) => Math.round(Number(yuan.replaceAll(',', '')) * 100)
const sum = (rows, column) => rows.reduce((total, row) => total + fen(row[column]), 0)
const text = async (testId) => (await id(testId).textContent()).trim()

/** First and last day of the month before, as China's calendar has it. */
function lastMonth() {
  const china = new Date(Date.now() + 8 * 3600_000)
  const day = (date) => new Date(Date.UTC(china.getUTCFullYear(), ...date)).toISOString().slice(0, 10)
  return [day([china.getUTCMonth() - 1, 1]), day([china.getUTCMonth(), 0])]
}

async function chosenDays(label) {
  const ends = ['开始日期', '结束日期'].map((end) => page.getByRole('combobox', { name: `${label}${end}` }))
  return Promise.all(ends.map((end) => end.inputValue()))
}

/** Opens the first trip of the list that has what is asked for, going on from one to the next. */
async function stepUntil(found) {
  for (;;) {
    if (await found()) return
    const now = await id('trip-detail').getAttribute('data-trip')
    await page.keyboard.press('ArrowDown')
    await until('the next trip', async () => (await id('trip-detail').getAttribute('data-trip')) !== now)
  }
}

async function exportedCsv(list) {
  await list.exportAs('csv')
  await shell(page).goTo('导出记录')
  const row = await newestExport(page, 'done')
  const [account] = await readdir(program.exports)
  const number = await row.getAttribute('data-job')
  const file = (await readdir(join(program.exports, account))).find((name) => name.endsWith(`_${number}.csv`))
  const lines = (await readFile(join(program.exports, account, file), 'utf8'))
    .replace('\uFEFF', '')
    .trim()
    .split(/\r?\n/)
  return { what: await row.textContent(), lines: lines.map((line) => line.split(',')) }
}

/** The amounts of a column of an exported file. */
function amounts(lines, title) {
  const head = lines.findIndex((line) => line.includes(title))
  const column = lines[head].indexOf(title)
  return lines
    .slice(head + 1)
    .filter((line) => line[0] !== '合计')
    .map((line) => fen(line[column]))
}

test('the first look is at the month before', async () => {
  await shell(page).goTo('通行流水查询')
  await etc.root.waitFor()
  assert.deepEqual(await chosenDays('通行时间'), lastMonth())
})

test('the strip is what the rows of all pages add up to', async () => {
  await etc.between('通行时间', ...october)
  assert.ok((await etc.count()) > 1000)
  const { plate } = (await etc.rows())[0]
  await etc.query({ plate: plate.split('【')[0] })
  const rows = await etc.everyRow()
  assert.ok(rows.length > 10)
  assert.equal(rows.length, await etc.count())
  assert.equal(sum(rows, 'paid'), fen(await etc.figure('sum')))
  assert.equal(sum(rows, 'discount'), fen(await etc.figure('discount')))
  for (const row of rows) {
    assert.equal(row.plate, plate)
    assert.match(row.passedAt, /^2026-10-/)
  }
  await etc.query({ plate: '' })
})

test('sorting by amount orders the whole list, and keeps the totals', async () => {
  const before = await etc.figure('sum')
  await etc.sort('paid')
  const least = (await etc.rows()).map((row) => fen(row.paid))
  await etc.sort('paid')
  const most = (await etc.rows()).map((row) => fen(row.paid))
  assert.deepEqual(
    least,
    [...least].sort((a, b) => a - b),
  )
  assert.deepEqual(
    most,
    [...most].sort((a, b) => b - a),
  )
  assert.ok(most[0] > least[0])
  assert.equal(await etc.figure('sum'), before)
  await etc.sort('paid')
})

test('a selection is added up and copied by Go', async () => {
  await etc.grid.focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+a')
  const rows = await etc.rows()
  const total = sum(rows, 'paid')
  await until('the sum', async () => {
    const said = (await etc.status()).match(/收费金额 ([\d,.]+) 元/)
    return said && fen(said[1]) === total
  })
  await page.keyboard.press('Control+c')
  const copied = await until('the clipboard', async () => {
    const lines = (await page.evaluate(() => window.runtime.ClipboardGetText())).trimEnd().split(/\r?\n/)
    return lines.length === rows.length && lines.map((line) => line.split('\t'))
  })
  assert.deepEqual(
    copied.map((cells) => [cells[0], cells[1], fen(cells[4])]),
    rows.map((row) => [row.plate, row.passedAt, fen(row.paid)]),
  )
})

test('a trip shows its payment, its bill line and the invoice that covers it', async () => {
  await etc.openRow(0)
  const [row] = await etc.rows()
  await stepUntil(async () => (await id('trip-invoice').count()) > 0)
  assert.match(await text('trip-passage'), /入口站点.+出口站点.+通行时长\d+.+通行里程[\d.]+ 公里通行标识\d+/)
  assert.match(await text('trip-payment'), /卡类型(记账卡|储值卡)ETC通行卡卡号\d{4}\*+\d{4}.+收费金额[\d,.]+ 元/)
  const paid = fen((await text('trip-paid')).replace('元', ''))
  assert.equal(fen((await id('trip-line').first().locator('.right').textContent()).trim()), paid)
  assert.match(
    await id('trip-invoice').first().textContent(),
    /(单程票|合并票（共 \d[\d,]* 次通行）)\s*发票号码\d+发票抬头浙江样例物流有限公司收款人.+税率3%金额.+税额.+价税合计[\d,.]+ 元/,
  )
  const invoice = id('trip-invoice').first()
  await invoice.getByTestId('paper-download').click()
  await invoice.locator('[data-testid="paper"][data-kind="pdf"][data-state="kept"]').waitFor({ timeout: 60_000 })
  await invoice.getByTestId('paper-preview').click()
  await page.locator('[data-testid="viewer"][data-drawn^="1@"]').waitFor()
  await id('viewer-close').click()
  await id('viewer').waitFor({ state: 'hidden' })
  await page.keyboard.press('Escape')
  await dialog(page, '通行详情').waitFor({ state: 'hidden' })
  assert.equal((await etc.rows())[0].passedAt, row.passedAt)
})

test('the other tabs are as in the manual, each with its own filter', async () => {
  await other.open()
  assert.equal(await page.getByRole('combobox', { name: '通行月份' }).inputValue(), lastMonth()[0].slice(0, 7))
  assert.equal(await id('total-discount').count(), 0)
  const month = page.getByRole('combobox', { name: '通行月份' })
  await month.fill('2026-10')
  await month.press('Enter')
  await other.query()
  const rows = await other.everyRow()
  assert.ok(rows.length > 10)
  assert.equal(sum(rows, 'paid'), fen(await other.figure('sum')))
  for (const row of rows) assert.match(row.passedAt, /^2026-10-/)
  await other.openRow(0)
  assert.equal(await text('trip-posted'), '不经ETC扣款')
  await escape(page, '通行详情')

  await places.open()
  await places.between('通行时间', ...october)
  const passed = await places.everyRow()
  assert.equal(sum(passed, 'paid'), fen(await places.figure('sum')))
  for (const row of passed) assert.match(row.stations, /样例/)

  await etc.open()
  assert.deepEqual(await chosenDays('通行时间'), october)
})

test('quick choices ask at once', async () => {
  await etc.choose('thisYear')
  assert.match((await chosenDays('通行时间'))[0], /^\d{4}-01-01$/)
  assert.equal(await id('quick-thisYear').getAttribute('aria-pressed'), 'true')
  await page.goBack()
  await etc.ready()
  assert.deepEqual(await chosenDays('通行时间'), october)
})

test('an exported month adds up to the strip', async () => {
  const [count, paid, discount] = [await etc.count(), fen(await etc.figure('sum')), fen(await etc.figure('discount'))]
  const { what, lines } = await exportedCsv(etc)
  assert.match(what, /通行流水/)
  const exported = amounts(lines, '收费金额(元)')
  assert.equal(exported.length, count)
  assert.equal(
    exported.reduce((total, amount) => total + amount, 0),
    paid,
  )
  assert.equal(
    amounts(lines, '优惠金额(元)').reduce((total, amount) => total + amount, 0),
    discount,
  )
})

test('refunds of both tabs add up, and say which are under way', async () => {
  await shell(page).goTo('退费记录查询')
  await refunds.ready()
  assert.deepEqual(await chosenDays('通行时间'), ['', ''])
  assert.match(await refunds.root.textContent(), /如退费有疑问，请联系在线客服咨询或拨打电话0571-96866。/)
  const rows = await refunds.everyRow()
  const part = (status) =>
    sum(
      rows.filter((row) => row.status === status),
      'amount',
    )
  assert.ok(rows.length > 10)
  assert.equal(sum(rows, 'amount'), fen(await refunds.figure('sum')))
  assert.equal(part('已退款'), fen(await refunds.figure('refunded')))
  assert.equal(part('退费中'), fen(await refunds.figure('refunding')))
  assert.ok(part('退费中') > 0)

  await refunds.between('退费日期', ...october)
  const refunded = await refunds.everyRow()
  assert.ok(refunded.length > 0 && refunded.length < rows.length)
  for (const row of refunded) assert.match(row.refundedAt, /^2026-10-/)
  await id('reset').click()
  await refunds.ready()

  await placeRefunds.open()
  const [place] = await placeRefunds.everyRow()
  assert.equal(place.status, '退款成功')
  assert.match(place.stations, /样例/)
  assert.equal(fen(place.amount), fen(await placeRefunds.figure('sum')))
  await page.getByRole('combobox', { name: '消费时间开始日期' }).waitFor()
  await refunds.open()
})

/** What was given back, as the drawer of the refund's trip tells it. */
async function refundedTrip() {
  await refunds.sort('refundedAt')
  await refunds.sort('refundedAt') // the newest first
  const [row] = await refunds.rows()
  await refunds.openRow(0)
  const refund = await id('trip-refund').first().locator('td').allTextContents()
  assert.deepEqual(
    refund.map((cell) => cell.trim()),
    [row.refundedAt, '已退款', row.amount],
  )
  const lines = await id('trip-line').allTextContents()
  assert.equal(lines.length, 2)
  assert.ok(lines.some((line) => line.includes('退费业务') && line.includes(`-${row.amount}`)))
  assert.equal(await text('trip-no-invoice'), '尚未开票。')
  await escape(page, '通行详情')
  await refunds.sort('refundedAt')
}

test('a refund leads to its trip, with what was charged and what was given back', refundedTrip)

test('a vehicle leads to all of its passages, and the other tabs keep to it', async () => {
  await shell(page).goTo('车辆管理')
  await fleetList(page, 'vehicles').ready()
  await fleetList(page, 'vehicles').openRow(0)
  await id('vehicle-detail').waitFor()
  const plate = await text('vehicle-plate')
  await id('vehicle-trips').click()
  await etc.ready()
  assert.equal(await text('vehicle-chip'), `仅看 ${plate}`)
  for (const row of await etc.rows()) assert.equal(row.plate, plate)
  const one = await etc.count()
  await other.open()
  assert.equal(await text('vehicle-chip'), `仅看 ${plate}`)
  await etc.open()
  await id('vehicle-chip').getByRole('button').click()
  await until('all vehicles', async () => (await etc.count()) > one)
})

test('with the hall gone all of it is still there', async () => {
  await shell(page).goTo('通行流水查询')
  await etc.ready()
  await etc.between('通行时间', ...october)
  const before = [await etc.figure('rows'), await etc.figure('sum'), await etc.figure('discount')]
  await hall.stop()
  await shell(page).offline()
  await etc.choose('thisYear')
  await etc.between('通行时间', ...october)
  assert.deepEqual([await etc.figure('rows'), await etc.figure('sum'), await etc.figure('discount')], before)
  await etc.openRow(3)
  assert.match(await text('trip-paid'), /^[\d,.]+ 元$/)
  await escape(page, '通行详情')

  await shell(page).goTo('退费记录查询')
  await refunds.ready()
  await refundedTrip()
  const [total, count] = [fen(await refunds.figure('sum')), Number(await refunds.root.getAttribute('data-rows'))]
  const { what, lines } = await exportedCsv(refunds)
  assert.match(what, /退费记录/)
  const exported = amounts(lines, '退款金额(元)')
  assert.equal(exported.length, count)
  assert.equal(
    exported.reduce((all, amount) => all + amount, 0),
    total,
  )
  noFaults(program)
})

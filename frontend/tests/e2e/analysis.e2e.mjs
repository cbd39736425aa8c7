// What a clerk asks beyond the portal's pages: sums by route, by weekday, by group, and the trips behind them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { confirm, login, noFaults, savedViews, select, selectMany, shell, tripList, unlock } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

let hall, program, page, id, analysis, views

async function start(data) {
  program = await openProgram({ data })
  page = program.page
  id = (testId) => page.getByTestId(testId)
  analysis = tripList(page, 'analysis')
  views = savedViews(page)
}

before(async () => {
  hall = await openHall('vehicles=60,months=4,seed=5,until=2026-11-20')
  await start()
  await page.evaluate(() => window.go.app.Lock.SetIdleMinutes(0)) // days pass at once in these stories
  await login(page).signInAt(hall)
  await shell(page).synced()
})
after(async () => {
  await program.close()
  await hall.close()
})

const fen = (yuan) => Math.round(Number(yuan.replace(/[^\d.-]/g, '')) * 100)
const figure = async (name) => fen(await id(`total-${name}`).first().textContent())

async function by(name) {
  await select(page, 'by', `按${name}`)
  await analysis.ready()
}

/** Names and fen of a chart's figures, or of the rows of the table. */
async function chartRows(part) {
  const names = await id(`chart-${part}`).getByTestId('chart-name').allTextContents()
  const paid = await id(`chart-${part}`).getByTestId('chart-paid').allTextContents()
  return names.map((name, i) => [name.trim(), fen(paid[i])])
}
const tableRows = async () => (await analysis.rows()).map((row) => [row.label, fen(row.paid)])

/** The trips that are open come to an amount; closes them. */
async function tripsComeTo(amount) {
  await page.locator('[data-testid="list-analysisTrips"][data-ready="true"]').waitFor()
  const strip = id('analysis-trips').getByTestId('total-sum')
  await until('the strip of the trips', async () => fen(await strip.textContent()) === amount)
  await page.keyboard.press('Escape')
  await id('analysis-trips').waitFor({ state: 'hidden' })
}

test('sums by month, route and weekday come to the same, and each to the trips behind it', async () => {
  await shell(page).goTo('统计分析')
  await analysis.ready()
  const total = await figure('sum')
  const months = await analysis.rows()
  assert.equal(
    months.reduce((sum, row) => sum + fen(row.paid), 0),
    total,
  )
  assert.match(months[0].label, /^2026年\d\d月$/)
  for (const name of ['星期', '省份', '路线', '车辆']) {
    await by(name)
    assert.equal(await figure('sum'), total, `by ${name}`)
  }
  await by('路线')
  const [first] = await analysis.rows()
  await id('row-trips').first().click()
  await tripsComeTo(fen(first.paid))
  await by('场景')
  const scenes = await analysis.rows()
  assert.deepEqual(scenes.map((row) => row.label).sort(), ['非高速通行', '高速通行(ETC)', '高速通行(非ETC)'])
  for (const row of scenes) assert.equal(fen(row.net), fen(row.paid) - fen(row.refunded), row.label)
  await selectMany(page, 'type', '高速通行(非ETC)', '非高速通行')
  await id('query').click()
  await analysis.ready()
  assert.deepEqual(
    await tableRows(),
    scenes.slice(1).map((row) => [row.label, fen(row.paid)]),
    'two scenes of three',
  )
  await id('reset').click()
  await analysis.ready()
})

test('charts draw what the table says, to the cent, and lead to the trips by mouse and keyboard', async () => {
  await id('charts-fold').click()
  await page.locator('[data-testid="charts"][data-ready="true"]').waitFor()
  await id('charts-figures').click()
  const charts = {}
  for (const [part, name] of [
    ['months', '月份'],
    ['vehicles', '车辆'],
    ['routes', '路线'],
  ]) {
    charts[part] = await chartRows(part)
    await by(name)
    assert.deepEqual(charts[part], await tableRows(), part)
  }
  assert.equal(
    charts.months.reduce((sum, [, paid]) => sum + paid, 0),
    await figure('sum'),
  )
  await id('chart-vehicles').getByTestId('chart-name').nth(1).focus()
  await page.keyboard.press('Enter')
  await tripsComeTo(charts.vehicles[1][1])

  await id('charts-pictures').click()
  const routes = id('chart-routes').locator('canvas')
  await routes.waitFor()
  assert.match(await id('chart-routes').getByRole('img').getAttribute('aria-label'), /^路线前10.*10 项，最多的是 /)
  // The third of ten bands, beside its bar.
  const { width, height } = await routes.boundingBox()
  await routes.click({ position: { x: width - 10, y: height * 0.25 } })
  await page.getByText(`${charts.routes[2][0]} 的通行明细`).waitFor()
  await tripsComeTo(charts.routes[2][1])
})

test('a view gives back filter, order and charts at once, and its days move with the calendar', async () => {
  await page.clock.setFixedTime(new Date('2026-11-20T10:00:00+08:00'))
  await by('车辆')
  await analysis.choose('lastMonth')
  await analysis.sort('discount')
  const october = await tableRows()
  await views.saveAs('上月各车')
  assert.equal(await views.label(), '上月各车')

  await by('月份')
  await id('charts-fold').click()
  assert.equal(await views.label(), '上月各车（已修改）')
  await views.choose('上月各车')
  await analysis.ready()
  assert.deepEqual(await tableRows(), october)
  await id('chart-routes').locator('canvas').waitFor()
  assert.equal(await views.label(), '上月各车')
  await views.saveAs('十月', { isFixed: true })

  await page.clock.setFixedTime(new Date('2026-12-02T10:00:00+08:00'))
  await views.choose('上月各车')
  await analysis.ready()
  assert.equal(await page.getByRole('combobox', { name: '开始日期' }).inputValue(), '2026-11-01')
  assert.equal(await page.getByRole('combobox', { name: '结束日期' }).inputValue(), '2026-11-30')
  assert.notDeepEqual(await tableRows(), october)
  await views.choose('十月')
  await analysis.ready()
  assert.deepEqual(await tableRows(), october)

  await views.rename('十月', '上月各车', '已有同名的视图')
  await views.rename('十月', '2026年10月')
  await views.remove('2026年10月')
  assert.deepEqual(await views.names(), ['上月各车'])
  await id('news').getByRole('button', { name: '撤销' }).click()
  await until('the view to be back', async () => (await views.label()) === '2026年10月')
  await page.clock.setFixedTime(new Date('2026-11-20T10:00:00+08:00'))
  await id('reset').click()
  await analysis.ready()
})

test('a free filter narrows every figure, and an amount that cannot be read is told', async () => {
  const before = await figure('sum')
  await id('min').fill('abc')
  await id('query').click()
  await page.getByText('金额「abc」无法识别').waitFor()
  await id('min').fill('100')
  await id('max').fill('300')
  await page.getByRole('button', { name: '周一' }).click()
  await id('query').click()
  await analysis.ready()
  const narrowed = await figure('sum')
  assert.ok(narrowed > 0 && narrowed < before, `${narrowed} of ${before}`)
  await by('星期')
  assert.deepEqual(
    (await analysis.rows()).map((row) => row.label),
    ['周一'],
  )
  await id('reset').click()
  await analysis.ready()
  assert.equal(await figure('sum'), before)
})

test('sums by team tell members and others apart, with the hall gone too', async () => {
  // As the pages of groups do it; their own stories show that.
  await page.evaluate(async () => {
    const { Order } = window.go.app
    const group = await Order.SaveGroup({ id: 0, kind: 'team', name: '一车队', note: '', vehicles: 0 })
    const target = {
      ids: [1, 2, 3, 4, 5, 6, 7],
      all: false,
      list: '',
      except: [],
      query: { filter: {}, sort: '', descending: false },
    }
    await Order.Assign({ kind: 'team', groupId: group.id, from: '2026-10-10', to: '', target })
  })
  await hall.stop()
  await shell(page).goTo('统计分析')
  await analysis.ready()
  const total = await figure('sum')
  await by('车队')
  const rows = await analysis.rows()
  assert.deepEqual(rows.map((row) => row.label).sort(), ['一车队', '未分组或未知'])
  assert.equal(
    rows.reduce((sum, row) => sum + fen(row.paid), 0),
    total,
  )
})

test('views outlast a restart without a network; one whose group is gone says so and stays usable', async () => {
  noFaults(program)
  await program.close({ keepData: true })
  await start(program.folder)
  await unlock(page)
  await shell(page).goTo('统计分析')
  await analysis.ready()
  assert.deepEqual(await views.names(), ['2026年10月', '上月各车'])
  await views.choose('2026年10月')
  await analysis.ready()
  const all = await figure('sum')
  await selectMany(page, 'group', '车队：一车队')
  await id('query').click()
  await analysis.ready()
  const team = await figure('sum')
  assert.ok(team > 0 && team < all, `${team} of ${all}`)
  await views.saveAs('一车队十月', { isFixed: true })

  await shell(page).goTo('分组管理')
  await page.locator('[data-group="一车队"]').getByTestId('group-delete').click()
  await confirm(page, '删除车队', '删除')
  await shell(page).goTo('统计分析')
  await views.choose('一车队十月')
  await analysis.ready()
  assert.match(await id('groups-gone').textContent(), /「一车队」已删除/)
  assert.equal(await figure('sum'), 0)
  await id('clear-filter').click()
  await analysis.ready()
  assert.ok((await figure('sum')) > 0)
  noFaults(program)
})

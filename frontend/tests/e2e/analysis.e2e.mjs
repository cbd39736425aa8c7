// What a clerk asks beyond the portal's pages: sums by route, by weekday, by group, and the trips behind them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { login, noFaults, select, shell, tripList } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

let hall, program, page, id, analysis
before(async () => {
  hall = await openHall('vehicles=60,months=4,seed=5,until=2026-11-20')
  program = await openProgram()
  page = program.page
  id = (testId) => page.getByTestId(testId)
  analysis = tripList(page, 'analysis')
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
  await page.locator('[data-testid="list-analysisTrips"][data-ready="true"]').waitFor()
  const strip = page.getByTestId('analysis-trips').getByTestId('total-sum')
  await until('the strip of the trips', async () => fen(await strip.textContent()) === fen(first.paid))
  await page.keyboard.press('Escape')
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
  noFaults(program)
})

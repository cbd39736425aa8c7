// The figures that the portal's manual prints on its screens of 2.6.1, through hall, cache, window, Excel and PDF, online and offline.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { list, login, newestExport, noFaults, shell } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

const run = promisify(execFile)
const totals = [
  '25,599.73',
  '19,644.24',
  '48,994.66',
  '33,254.80',
  '54,013.25',
  '9,555.20',
  '75,385.59',
  '34,713.41',
  '28,162.09',
  '10,507.99',
]
const lines = [
  ['2024-11-22 22:38:57', '2024-11-22', '浙江临平站 上海新桥主线站', '64.60'],
  ['2024-11-22 22:27:57', '2024-11-22', '浙江临海城西站 浙江沿江(连接线)站', '20.90'],
  ['2024-11-21 21:09:23', '2024-11-21', '浙江杭州南站 浙江遂昌站', '95.95'],
  ['2024-11-20 20:40:32', '2024-11-20', '浙江神仙居站 浙江仙居城隍庙站', '10.45'],
]

let hall, program, page, statistics, details
before(async () => {
  hall = await openHall('manual')
  program = await openProgram()
  page = program.page
  statistics = list(page, 'statistics')
  details = list(page, 'lines')
})
after(async () => {
  await program.close()
  await hall.close()
})

test('an address that is no hall is refused in words', async () => {
  await login(page).useHall('http://127.0.0.1:9')
  await page.getByTestId('hall-dialog').getByRole('alert').waitFor()
  assert.match(await page.getByTestId('hall-dialog').getByRole('alert').textContent(), /网络|连接/)
  await page.keyboard.press('Escape')
})

test('the ten yearly totals are those of the manual', async () => {
  await login(page).signInAt(hall)
  await shell(page).synced()
  await statistics.ready()
  await statistics.query({ kind: '按年', from: '2024年', to: '2024年' })
  const rows = await statistics.rows()
  assert.deepEqual(
    rows.map((row) => row.amount),
    totals,
  )
  assert.deepEqual([...new Set(rows.map((row) => row.period))], ['2024年'])
  assert.equal(await statistics.total(), '339830.96')
  assert.equal(await statistics.count(), 10)
})

test('the four lines are those of the manual, to the cent and the second', async () => {
  await details.open()
  await details.query({ kind: '按年', from: '2024年', to: '2024年' })
  const rows = (await details.rows()).slice(0, 4)
  assert.deepEqual(
    rows.map((row) => [row.passedAt, row.postedOn, row.stations, row.amount]),
    lines,
  )
  assert.deepEqual([...new Set(rows.map((row) => row.scene))], ['高速通行'])
  assert.match(rows[0].plate, /【渐变绿】$/)
  assert.match(rows[0].card, /^\d{4}\*{5}\d{4}$/)
})

test('with the hall gone every list, statistic and export still works', async () => {
  await hall.stop()
  await shell(page).offline()
  await statistics.open()
  assert.deepEqual(
    (await statistics.rows()).map((row) => row.amount),
    totals,
  )

  await details.open()
  for (const format of ['xlsx', 'pdf', 'csv']) await details.exportAs(format)
  await shell(page).goTo('导出记录')
  await until('three exports', async () => (await page.getByTestId('export-row').count()) === 3)
  await until(
    'all to be done',
    async () => (await page.locator('[data-testid="export-row"][data-state="done"]').count()) === 3,
    60,
  )
})

test('the exported files hold the same figures', async () => {
  const folder = program.exports
  const [account] = await readdir(folder)
  const files = await readdir(join(folder, account))
  const path = (ending) =>
    join(
      folder,
      account,
      files.find((name) => name.endsWith(ending)),
    )
  const { stdout: pdf } = await run('pdftotext', ['-layout', path('.pdf'), '-'])
  const { stdout: csv } = await run('cat', [path('.csv')])
  await run('soffice', [
    `-env:UserInstallation=file://${program.folder}/office`,
    '--headless',
    '--convert-to',
    'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1',
    '--outdir',
    program.folder,
    path('.xlsx'),
  ])
  const sheet = (await readdir(program.folder)).find((name) => name.endsWith('.csv'))
  const { stdout: xlsx } = await run('cat', [join(program.folder, sheet)])
  for (const [name, text] of Object.entries({ pdf, csv, xlsx })) {
    for (const [passedAt, postedOn, stations, amount] of lines) {
      const line = text.split('\n').find((each) => each.includes(passedAt))
      assert.ok(line, `${passedAt} is missing in the ${name}`)
      for (const part of [postedOn, ...stations.split(' '), amount, '高速通行'])
        assert.ok(line.includes(part), `${part} is missing in the ${name}: ${line}`)
    }
  }
  assert.match(pdf, /合计\s+339,830\.96/)
  assert.match(xlsx, /合计.*339,?830\.96/)
})

test('an export can be run again and is listed with its time and rows', async () => {
  const row = page.getByTestId('export-row').first()
  await row.getByTestId('row-again').click()
  await until('a fourth export', async () => (await page.getByTestId('export-row').count()) === 4)
  const again = await newestExport(page, 'done')
  assert.match(await again.textContent(), /账单明细[\s\S]*104[\s\S]*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[\s\S]*导出成功/)
  noFaults(program)
})

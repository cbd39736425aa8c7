// 月结单: a clerk orders a statement, sees beforehand what it will say, keeps the order as a template, and reads what was made.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { confirm, dialog, list, login, noFaults, select, shell, startedJob } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

const run = promisify(execFile)
let hall, program, page, id, form

before(async () => {
  hall = await openHall('vehicles=40,months=3,seed=8,until=2026-11-20')
  program = await openProgram()
  page = program.page
  id = (testId) => page.getByTestId(testId)
  form = statementForm(page)
  await login(page).signInAt(hall)
  await shell(page).synced()
  // As the pages of groups do it; their own stories show that. The second vehicle changes its team in mid-month.
  await page.evaluate(async () => {
    const { Order } = window.go.app
    const target = (ids) => ({
      ids,
      all: false,
      list: '',
      except: [],
      query: { filter: {}, sort: '', descending: false },
    })
    for (const [name, ids, from] of [
      ['=1+1', [1, 2, 3], '2026-09-01'],
      ['二队', [2, 4], '2026-10-13'],
    ]) {
      const group = await Order.SaveGroup({ id: 0, kind: 'team', name, note: '', vehicles: 0 })
      await Order.Assign({ kind: 'team', groupId: group.id, from, to: '', target: target(ids) })
    }
  })
  await shell(page).goTo('分组管理') // reads the groups anew
  await id('group-row').nth(1).waitFor()
})
after(async () => {
  await program.close()
  await hall.close()
})

const fen = (yuan) => Math.round(Number(yuan.replace(/[^\d.-]/g, '')) * 100)

const statementForm = (page) => ({
  async open() {
    await shell(page).goTo('月结单')
    await this.ready()
  },
  async ready() {
    await page.locator('[data-testid="preview"][data-ready="true"]').waitFor()
  },
  async month(name) {
    await select(page, 'period-from', name)
    await select(page, 'period-to', name)
    await this.ready()
  },
  async figure(key) {
    return fen((await page.getByTestId(`total-${key}`).textContent()).split('元')[0])
  },
  async groups() {
    return page.getByTestId('preview-group').evaluateAll((rows) =>
      rows.map((row) => {
        const cells = [...row.children].map((cell) => cell.textContent.trim())
        return { name: cells[0], lines: cells[2], amount: cells.at(-1) }
      }),
    )
  },
  part: (name) => page.getByTestId(`part-${name}`),
  async columns(part, change) {
    await this.part(part).getByTestId('columns-open').click()
    const popover = page.getByRole('region', { name: '列设置' }).locator('visible=true')
    await popover.waitFor()
    await change(popover)
    await page.keyboard.press('Escape')
    await popover.waitFor({ state: 'hidden' })
  },
  /** Makes the statement and gives its file. */
  async make() {
    const job = await startedJob(page, () => page.getByTestId('make').click())
    await until('the statement', async () => (await job.getAttribute('data-state')) === 'done', 60)
    const number = await job.getAttribute('data-job')
    for (const folder of await readdir(program.exports)) {
      const name = (await readdir(join(program.exports, folder))).find((each) => each.includes(`_${number}.`))
      if (name) return join(program.exports, folder, name)
    }
    throw new Error(`job ${number} left no file`)
  },
})

/** The sheets of a workbook as LibreOffice shows them, as lines of CSV by their names. */
async function sheetsOf(file) {
  const folder = await mkdtemp(join(program.folder, 'sheets-'))
  await run('soffice', [
    `-env:UserInstallation=file://${program.folder}/office`,
    '--headless',
    '--convert-to',
    'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1',
    '--outdir',
    folder,
    file,
  ])
  const sheets = {}
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8')
    sheets[name.slice(name.lastIndexOf('-') + 1, -'.csv'.length)] = text.trim().split('\n')
  }
  return sheets
}

test('the preview is what 账单统计 shows, to the cent and by group', async () => {
  await form.open()
  await form.month('2026年10月')
  assert.match(await id('statements').textContent(), /自制对账单/)
  assert.equal(await id('provisional').count(), 0, 'October is final')
  const groups = await form.groups()
  const sum = await form.figure('sum')
  assert.deepEqual(
    groups.map(({ name }) => name),
    ['=1+1', '二队', '未分组'],
  )
  assert.equal(
    groups.reduce((total, { amount }) => total + fen(amount), 0),
    sum,
  )
  await form.month('2026年11月')
  assert.match(await id('provisional').textContent(), /2026年11月/)
  await form.month('2026年10月')

  await shell(page).goTo('账单查询')
  const statistics = list(page, 'statistics')
  await statistics.ready()
  await select(page, 'sum-by', '按车队')
  await statistics.query({ from: '2026年10月', to: '2026年10月' })
  assert.equal(fen(await statistics.total()), sum)
  assert.deepEqual(
    (await statistics.rows()).map(({ plate, lines, amount }) => ({ name: plate, lines, amount })),
    groups,
  )
})

test('chosen columns stand in the workbook in their order, and the order comes back as a template', async () => {
  await form.open()
  await form.part('vehicles').getByText('车辆汇总').click()
  await form.ready()
  await form.columns('lines', async (columns) => {
    await columns.getByText('扣款日期').click()
    // 交易金额 to the front, by the keyboard.
    const up = columns.getByRole('button', { name: '交易金额(元) 前移' })
    await up.focus()
    for (let step = 0; step < 6; step++) await page.keyboard.press('Enter')
  })
  await id('template-save-as').click()
  await id('template-give').click()
  await dialog(page, '另存为模板').getByText('请输入模板名称').waitFor()
  await id('template-name').fill('金额在前')
  await id('template-give').click()
  await dialog(page, '另存为模板').waitFor({ state: 'hidden' })
  const sum = await form.figure('sum')
  const file = await form.make()
  const sheets = await sheetsOf(file)
  assert.deepEqual(Object.keys(sheets).sort(), ['封面', '账单明细', '汇总', '退费记录', '收到发票'].sort())
  const lines = sheets['账单明细']
  const header = lines.findIndex((line) => line.startsWith('交易金额(元),'))
  assert.equal(lines[header], '交易金额(元),车牌号码,通行时间,ETC通行卡卡号,出入口站点,账单类型,状态')
  assert.equal(fen(lines.at(-1).match(/^"?([\d,.-]+)/)[1]), sum, lines.at(-1))
  const total = sheets['封面'].find((line) => line.startsWith('账单合计,'))
  assert.equal(fen(total.match(/"([\d,.]+)",[^,]*$/)[1]), sum, total)
  assert.match(sheets['汇总'].join('\n'), /^=1\+1,/m, 'a name that looks like a formula is a name')

  // Another order, then the template again; with the hall gone, as everything here.
  await hall.stop()
  await form.part('vehicles').getByText('车辆汇总').click()
  await form.columns('lines', (columns) => columns.getByTestId('columns-reset').click())
  await id('template-rename').click()
  await id('template-name').fill('客户用')
  await id('template-give').click()
  await dialog(page, '重命名模板').waitFor({ state: 'hidden' })
  await shell(page).goTo('账单查询')
  await form.open()
  assert.match(await form.part('lines').textContent(), /8 列/, 'the last order is remembered')
  await select(page, 'template', '客户用')
  await form.ready()
  assert.match(await form.part('lines').textContent(), /7 列/)
  assert.equal(await form.part('vehicles').getByRole('checkbox').isChecked(), false)
  await id('template-delete').click()
  assert.match(await confirm(page, '删除模板', '删除'), /客户用/)
  await until('the template to be gone', () => id('template-delete').isDisabled())
})

test('a statement for each vehicle of a group is one zip file; a plate that there is not is told', async () => {
  await select(page, 'group', '车队：二队')
  await page.getByText('每车一份（zip）').click()
  await page.getByTestId('format').getByText('PDF').click()
  await form.ready()
  assert.match(await id('outcome').textContent(), /内含 2 份PDF/)
  const { stdout } = await run('unzip', ['-Z1', await form.make()])
  const names = stdout.trim().split('\n')
  assert.equal(names.length, 2)
  for (const name of names) assert.match(name, /^[一-龥][A-Z][A-Z0-9]{5,6}_[一-龥]+\.pdf$/)

  await id('plate').fill('浙X9')
  await id('unknown-plate').waitFor()
  assert.equal(await id('make').isDisabled(), true)
  await id('plate').fill(names[0].split('_')[0])
  await form.ready()
  assert.match(await id('preview').textContent(), new RegExp(`车牌号码：${names[0].split('_')[0]}`))
  noFaults(program)
})

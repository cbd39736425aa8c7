// What a fleet's people do on the pages of 2.4 and 2.5: find out why a lorry is blocked, move vehicles, switch parking off, offline too.
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  confirm,
  dialog,
  escape,
  fleetList,
  intoGroup,
  list,
  login,
  newestExport,
  noFaults,
  parkingBatch,
  shell,
  startedJob,
} from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

const size = 400
let hall, program, page, id, vehicles, cards, parking
before(async () => {
  hall = await openHall(`vehicles=${size},months=3,seed=4`)
  program = await openProgram()
  page = program.page
  id = (testId) => page.getByTestId(testId)
  vehicles = fleetList(page, 'vehicles')
  cards = fleetList(page, 'cards')
  parking = fleetList(page, 'parking')
  await login(page).signInAt(hall)
  await shell(page).synced()
})
after(async () => {
  await program.close()
  await hall.close()
})

const text = async (testId) => (await id(testId).textContent()).trim()
const numberIn = async (testId) => Number((await text(testId)).replace(/\D/g, ''))
const plateCell = /^浙X\w{5}【..】\t/
const plateOf = (row) => row.plate.split('【')[0]

test('the user centre counts the fleet, and its totals lead to what they count', async () => {
  await shell(page).goTo('用户中心')
  await id('center').waitFor()
  assert.match(await text('holder'), /单位名称/)
  await until('the totals', async () => (await numberIn('tile-vehicles')) === size)
  const listed = await numberIn('tile-listed')
  assert.ok(listed > 0)
  assert.match(await text('center-listed'), new RegExp(`${listed} 辆车的通行卡在状态名单内，无法走ETC车道`))
  assert.equal((await numberIn('tile-valid')) + (await numberIn('tile-historical')), size)
  for (const [tile, column, word] of [
    ['listed', 'listed', '状态名单'],
    ['historical', 'status', '历史'],
    ['frozenCards', 'cardStatus', '已冻结'],
  ]) {
    const count = await numberIn(`tile-${tile}`)
    await id(`tile-${tile}`).click()
    await vehicles.ready()
    assert.equal(await vehicles.count(), count, tile)
    for (const row of await vehicles.rows()) assert.equal(row[column], word)
    await page.goBack()
    await id('center').waitFor()
  }
})

test('a blocked lorry is found by a part of its plate, and why it is blocked', async () => {
  await id('tile-listed').click()
  await vehicles.ready()
  const blocked = plateOf((await vehicles.rows())[0])
  await shell(page).goTo('车辆管理')
  await vehicles.reset()
  await vehicles.choose('cardStatus', '全部')
  await vehicles.search(blocked.slice(-4).toLowerCase())
  const rows = await vehicles.rows()
  const row = rows.findIndex((each) => plateOf(each) === blocked)
  assert.ok(rows.length < 10 && row >= 0, 'the search narrows the list as it is typed')
  await vehicles.openRow(row)
  await id('vehicle-listed').waitFor()
  assert.ok((await text('vehicle-plate')).includes(blocked))
  await id('why-listed').click()
  const now = id('status-row').filter({ hasText: '是' })
  await now.first().waitFor()
  assert.match(await now.first().textContent(), /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d是\S+/)
  await escape(page, '通行卡详情')
  await escape(page, '车辆详情')
})

test('details go on to the next row without being closed, and keep what is typed into them', async () => {
  await vehicles.reset()
  const rows = await vehicles.rows()
  await vehicles.openRow(0)
  await id('vehicle-detail').waitFor()
  await page.keyboard.press('ArrowDown')
  await until('the next vehicle', async () => (await text('vehicle-plate')).includes(plateOf(rows[1])))
  await id('keep-driver').fill('样例司机')
  await id('keep').click()
  await until('it to be kept', () => id('keep').isDisabled())
  await escape(page, '车辆详情')
  await vehicles.search('样例司机')
  assert.deepEqual(
    (await vehicles.rows()).map((row) => [row.plate, row.driver]),
    [[rows[1].plate, '样例司机']],
  )
  await vehicles.reset()
})

/** Plates of the fleet, read as a person would copy them: by the windows of the list. */
async function platesOfFleet(count) {
  await vehicles.choose('cardStatus', '全部')
  await id('mode-scroll').click()
  await vehicles.ready()
  // Only what this story copies may answer: whatever the clipboard held before is gone first.
  await page.evaluate(() => window.runtime.ClipboardSetText('-'))
  await vehicles.grid.focus()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+c')
  const copied = await until('the clipboard', async () => {
    const lines = (await page.evaluate(() => window.runtime.ClipboardGetText())).trimEnd().split(/\r?\n/)
    return lines.length >= count && lines
  })
  await id('mode-pages').click()
  await vehicles.ready()
  assert.match(copied[0], plateCell, 'the first column copied is the plate')
  return copied.map((line) => line.split('\t')[0]).slice(0, count)
}

test('300 vehicles move to a project by a pasted list, and seven unknown plates are named', async () => {
  const known = await platesOfFleet(293)
  const unknown = ['浙Q00001', '浙Q00002', '苏Q00003', '浙Q00004', '浙Q00005', '皖Q00006', '浙Q00007']
  const lines = [...known]
  unknown.forEach((plate, index) => lines.splice(index * 40 + 3, 0, plate))
  assert.equal(lines.length, 300)
  await id('paste-plates').click()
  await id('pasted-text').fill(lines.join('\n'))
  await id('pasted-match').click()
  await id('pasted-summary').waitFor()
  assert.match(await text('pasted-summary'), /共 300 行，找到 293 辆车；以下 7 行不会分配（没有这辆车 7 行）/)
  const problems = await id('pasted-problem').allTextContents()
  assert.equal(problems.length, 7)
  unknown.forEach((plate, index) => assert.equal(problems[index], `第 ${index * 40 + 4} 行${plate}没有这辆车`))
  await intoGroup(page, { kind: 'project', newName: '双十一快运', everSince: true })
  await id('pasted-assign').click()
  await dialog(page, '粘贴车牌分配').waitFor({ state: 'hidden' })
  await shell(page).goTo('分组管理')
  const group = page.locator('[data-testid="group-row"][data-group="双十一快运"]')
  await until('its members', async () => /293 辆/.test(await group.textContent()))
  await group.getByRole('link', { name: '双十一快运' }).click()
  await vehicles.ready()
  assert.equal(await vehicles.count(), 293)
  for (const row of await vehicles.rows()) assert.equal(row.project, '双十一快运')
})

test('bills add up by project, and lead to its lines', async () => {
  await shell(page).goTo('账单查询')
  const statistics = list(page, 'statistics')
  await statistics.open()
  const total = await statistics.total()
  await page.getByTestId('sum-by').click()
  await page.getByRole('option', { name: '按项目' }).click()
  await statistics.query({})
  const rows = await statistics.rows()
  assert.deepEqual(rows.map((row) => row.plate).sort(), ['双十一快运', '未分组'].sort())
  assert.equal(await statistics.total(), total, 'whatever it is added up by, it is the same bill')
  const mine = rows.findIndex((row) => row.plate === '双十一快运')
  await page.locator(`[role="gridcell"][data-row="${mine}"][data-key="amount"]`).dblclick()
  const details = list(page, 'lines')
  await details.ready()
  assert.equal((await details.total()).replaceAll(',', ''), rows[mine].amount.replaceAll(',', ''))
})

test('parking is switched off for one group, with a result for each of its vehicles', async () => {
  await shell(page).goTo('拓展授权管理')
  await parking.ready()
  await page.getByTestId('group').click()
  await page.getByRole('option', { name: '项目：双十一快运' }).click()
  await parking.ready()
  const count = await parking.count()
  assert.ok(count > 100 && count <= 293)
  await parking.grid.focus()
  await page.keyboard.press(' ')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+Space')
  await until('ticks by the keyboard', async () => (await parking.ticked()) === 3)
  await id('untick').click()
  await parking.tickAll()
  await id('tick').nth(2).click()
  assert.equal(await parking.ticked(), count - 1)
  await id('authorize-off').click()
  const question = await confirm(page, '批量授权关闭', '关闭授权')
  assert.match(question, new RegExp(`${count - 1} 辆车.*授权关闭后车辆无法在ETC停车场交易`))
  const batch = parkingBatch(page)
  await batch.ended()
  const [done, unchanged, refused, pending] = await batch.counts()
  assert.deepEqual([done + unchanged + refused, pending], [count - 1, 0])
  assert.ok(done > 0)
  await id('batch-results').click()
  const results = fleetList(page, 'parkingResults')
  await results.ready()
  await id('outcome-done').click()
  await until('the changed ones alone', async () => {
    const total = dialog(page, /结果/).getByTestId('total-rows')
    return Number((await total.textContent()).replaceAll(',', '')) === done
  })
  await dialog(page, /结果/).getByTestId('export').click()
  await startedJob(page, () => id('export-xlsx').click())
  await escape(page, /结果/)
  await parking.choose('authorized', '开启')
  assert.equal(await parking.count(), 1, 'the one that was not ticked')
  await shell(page).goTo('导出记录')
  assert.match(await (await newestExport(page, 'done')).textContent(), /批量授权结果/)
})

test('one switch asks before it switches off, and shows what the hall answered', async () => {
  await shell(page).goTo('拓展授权管理')
  await parking.ready()
  await parking.reset()
  await parking.choose('authorized', '开启')
  const before = await parking.count()
  await id('switch').first().click()
  await dialog(page, '授权关闭').getByRole('button', { name: '取消' }).click()
  assert.equal(await parking.count(), before)
  await id('switch').first().click()
  assert.match(await confirm(page, '授权关闭', '关闭授权'), /授权关闭后车辆无法在ETC停车场交易/)
  await until('the answer', async () => (await parking.count()) === before - 1)
})

test('numbers and balances are shown for a while, and each look is noted', async () => {
  await shell(page).goTo('通行卡管理')
  await cards.ready()
  await id('tab-storedValue').click()
  await cards.ready()
  await until('the balances’ column', async () => (await cards.rows())[0]?.balance === '****')
  const [{ card, plate }] = await cards.rows()
  await page.locator('[role="gridcell"][data-row="0"][data-key="card"]').click({ position: { x: 5, y: 10 } })
  await page.keyboard.press(' ')
  await id('card-full').first().waitFor()
  assert.equal((await text('card-full')).replace(/^(.{4}).*(.{4})$/, '$1*****$2'), card)
  await page.locator('[role="gridcell"][data-row="0"][data-key="balance"] button').click()
  await until('the balance', async () => /^-?[\d,]+\.\d\d$/.test((await cards.rows())[0].balance))
  assert.match((await cards.rows())[0].unloaded, /^[\d,]+\.\d\d$/)
  assert.equal((await cards.rows())[1].balance, '****', `only that of ${plate}`)
  await shell(page).goTo('标签管理')
  const tags = fleetList(page, 'tags')
  await tags.ready()
  const [{ tag }] = await tags.rows()
  await page.locator('[role="gridcell"][data-row="0"][data-key="tag"]').click({ position: { x: 5, y: 10 } })
  await page.keyboard.press(' ')
  await until('the tag', async () => (await tags.rows())[0].tag.replace(/^(.{4}).*(.{4})$/, '$1*****$2') === tag)
  await id('account-menu').click()
  await id('shown-open').click()
  await id('shown-entry').nth(2).waitFor()
  const noted = (await id('shown-entry').allTextContents()).slice(0, 3).join('\n')
  for (const event of ['显示标签编号', '查看卡上余额', '显示卡号']) assert.ok(noted.includes(event), noted)
  await escape(page, '查看记录')
})

test('full numbers leave the program only after a warning, and that is noted too', async () => {
  await shell(page).goTo('车辆管理')
  await vehicles.ready()
  await id('export').click()
  await id('export-full').click()
  await id('export-csv').click()
  await startedJob(page, async () => assert.match(await confirm(page, '导出完整号码', '导出'), /文件不加密/))
  await shell(page).goTo('导出记录')
  assert.match(await (await newestExport(page, 'done')).textContent(), /车辆列表/)
  await id('account-menu').click()
  await id('shown-open').click()
  await id('shown-entry').first().waitFor()
  assert.match(await id('shown-entry').first().textContent(), /导出完整号码/)
  await escape(page, '查看记录')
})

test('the exported list of vehicles can be read back, and says that nothing changed', async () => {
  await shell(page).goTo('车辆管理')
  await vehicles.ready()
  await id('import-sheet').click()
  await id('sheet-template').click()
  const file = await until('the template', async () => {
    const [account] = await readdir(program.exports)
    const names = await readdir(join(program.exports, account))
    const name = names.find((each) => each.endsWith('.xlsx') && each.includes('车辆'))
    return name && join(program.exports, account, name)
  })
  await id('sheet-file').setInputFiles({ name: 'vehicles.csv', mimeType: 'text/csv', buffer: Buffer.from('x') })
  assert.match(await text('sheet-fault'), /\.xlsx/)
  await id('sheet-file').setInputFiles(file)
  await id('sheet-preview').waitFor()
  assert.match(await text('sheet-preview'), /将更新 0 辆车，3\d\d\s*行没有变化，0\s*处有问题/)
  assert.ok(await id('sheet-take').isDisabled())
  await escape(page, '从Excel导入')
})

test('alerts say what to do, and are counted until somebody has seen to them', async () => {
  const open = Number(await id('bell').getAttribute('data-open'))
  assert.ok(open > 0)
  await id('bell').click()
  const alerts = fleetList(page, 'alerts')
  await alerts.ready()
  assert.equal(await alerts.count(), open)
  for (const row of await alerts.rows()) assert.match(row.advice, /。$/)
  await id('acknowledge').first().click()
  await until('one less', async () => Number(await id('bell').getAttribute('data-open')) === open - 1)
  await until('the list', async () => (await alerts.count()) === open - 1)
  await id('acknowledge-all').click()
  assert.match(await confirm(page, '全部已知悉', '全部已知悉'), new RegExp(`${open - 1} 条`))
  await id('empty').waitFor()
  await id('tab-alerts-acknowledged').click()
  await until('all of them', async () => (await alerts.count()) === open)
})

test('with the hall gone the order of the fleet goes on, and parking says why it cannot', async () => {
  await hall.stop()
  await shell(page).offline()
  await shell(page).goTo('车辆管理')
  await vehicles.ready()
  await vehicles.reset()
  await id('tick').first().click()
  await page.keyboard.press('Escape')
  await id('assign').click()
  await intoGroup(page, { kind: 'team', newName: '离线一队' })
  await id('assign-confirm').click()
  await dialog(page, '分配到…').waitFor({ state: 'hidden' })
  await until('the group', async () => (await vehicles.rows()).some((row) => row.team === '离线一队'))
  await shell(page).goTo('拓展授权管理')
  await parking.ready()
  assert.match(await text('why-offline'), /离线，连接不上服务营业厅/)
  assert.ok(await id('switch').first().locator('input').isDisabled())
  assert.ok(await id('authorize-off').isDisabled())
  noFaults(program)
})

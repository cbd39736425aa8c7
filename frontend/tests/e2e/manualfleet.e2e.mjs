// What the screens of 2.5.2 to 2.5.4 of the portal's manual print, at the hall with that account.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { dialog, escape, fleetList, login, noFaults, shell } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

let hall, program, page, id, cards
before(async () => {
  hall = await openHall('manual')
  program = await openProgram()
  page = program.page
  id = (testId) => page.getByTestId(testId)
  cards = fleetList(page, 'cards')
  await login(page).signInAt(hall)
  await shell(page).synced()
})
after(async () => {
  await program.close()
  await hall.close()
})

const charge = [
  ['1811*****9788', '正常', '2023-08-10', '2023-12-21'],
  ['1811*****9583', '状态名单', '2023-05-12', '2023-05-12'],
  ['2110*****5225', '状态名单', '2023-02-03', '2023-03-31'],
  ['1005*****8867', '状态名单', '2011-01-01', '-'],
]
const storedValue = ['0008', '0007', '0005', '0003', '0018', '0020', '0002', '1768']
const entries = [
  ['2024-02-26 08:45:38', '', '是', '冻结'],
  ['2024-04-24 15:49:17', '2024-04-25 12:59:15', '否', '保证金不够冻结'],
  ['2023-08-09 09:56:25', '2023-08-09 14:12:47', '否', '冻结'],
  ['2023-05-10 08:44:29', '2023-05-10 17:10:06', '否', '冻结'],
  ['2023-02-25 02:16:42', '2023-02-26 08:31:23', '否', '冻结'],
  ['2022-11-10 02:34:48', '2022-11-11 14:57:47', '否', '冻结'],
  ['2022-09-08 00:37:36', '2022-09-08 09:03:04', '否', '冻结'],
  ['2022-02-09 00:59:55', '2022-02-09 09:27:22', '否', '冻结'],
  ['2021-07-24 01:43:44', '2021-07-25 01:31:06', '否', '冻结'],
]

test('the charge cards are those of the manual', async () => {
  await shell(page).goTo('通行卡管理')
  await cards.ready()
  const rows = await cards.rows()
  for (const [card, listed, issuedOn, updatedOn] of charge) {
    const row = rows.find((each) => each.card === card)
    assert.deepEqual(
      [row?.listed, row?.cardStatus, row?.issuedOn, row?.updatedOn],
      [listed, '已发行', issuedOn, updatedOn],
    )
  }
})

test('the stored-value cards are those of the manual, with what is not allocated', async () => {
  await id('tab-storedValue').click()
  await until(
    'eight cards',
    async () => (await cards.rows()).length === 8 && (await cards.rows())[0].balance === '****',
  )
  const rows = await cards.rows()
  assert.deepEqual(rows.map((row) => row.card.slice(-4)).sort(), [...storedValue].sort())
  assert.match(await id('funds').textContent(), /储值账户未预分配金额: ¥ 0\.21 元/)
  assert.match(await id('funds').textContent(), /提示: 由于通行信息滞后, 实际金额与网站显示金额存在误差, 仅供参考!/)
})

test('the nine entries of the status list are those of the manual', async () => {
  const row = (await cards.rows()).findIndex(({ card }) => card === '1001*****1768')
  await page.locator(`[role="gridcell"][data-row="${row}"] [data-testid="row-detail"]`).click()
  await id('status-row').nth(8).waitFor()
  const shown = await id('status-row').evaluateAll((rows) =>
    rows.map((each) => [...each.children].map((cell) => cell.textContent.trim())),
  )
  assert.deepEqual([...shown].sort(), [...entries].sort())
  assert.match(await id('card-facts').textContent(), /签约渠道\s*中国银行/)
  await dialog(page, '通行卡详情').getByPlaceholder('开始日期').fill('2023-01-01')
  await dialog(page, '通行卡详情').getByPlaceholder('结束日期').fill('2023-12-31')
  await page.keyboard.press('Enter')
  await id('status-query').click()
  // One of 2024 lasts from February on; a card on the list at any time of 2023 was there three times.
  await until('those of 2023', async () => (await id('status-row').count()) === 3)
  await id('status-reset').click()
  await until('all of them', async () => (await id('status-row').count()) === 9)
  await escape(page, '通行卡详情')
})

test('tags and parking authorisations are those of the manual', async () => {
  await shell(page).goTo('标签管理')
  const tags = fleetList(page, 'tags')
  await tags.ready()
  await id('sort-issuedOn').click()
  await tags.ready()
  await id('sort-issuedOn').click()
  await tags.ready()
  const [newest] = await tags.rows()
  assert.deepEqual(
    [newest.tag, newest.tagStatus, newest.branch, newest.issuedOn],
    ['3301*****5430', '已发行', '收费站-临安', '2024-12-20'],
  )
  await id('row-detail').first().click()
  await id('tag-facts').waitFor()
  assert.match(await id('tag-facts').textContent(), /品牌\s*万集\s*型号\s*蓝牙[\s\S]*车牌颜色\s*黄色/)
  await escape(page, '标签详情')
  await shell(page).goTo('拓展授权管理')
  const parking = fleetList(page, 'parking')
  await parking.ready()
  await parking.search('浙Z20009')
  assert.deepEqual(
    (await parking.rows()).map((row) => [row.authorized, row.changedAt]),
    [['关闭', '2024-12-03 19:12:10']],
  )
})

test('loading is done at a branch: the page says what to bring, and hides amounts until asked', async () => {
  await shell(page).goTo('充值-预分配-圈存')
  await id('tab-load').click()
  const loads = fleetList(page, 'load')
  await loads.ready()
  assert.match(await id('load-tab').textContent(), /请携带储值卡和相关用户证件至线下网点/)
  const row = (await loads.rows()).findIndex(({ card }) => card === '2100*****0002')
  assert.equal((await loads.rows())[row].unloaded, '****')
  await page.locator(`[role="gridcell"][data-row="${row}"][data-key="unloaded"] button`).click()
  await until('the amounts', async () => (await loads.rows())[row].unloaded === '500.00')
  assert.equal((await loads.rows())[row].balance, '188.65')
  noFaults(program)
})

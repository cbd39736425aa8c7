// What an accountant does with stored-value funds (manual 2.8): pays in the browser, is refused, closes the program while paying and comes back,
// allocates to 500 cards from Excel, and meets the hours in which there are no recharges.
import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { confirm, login, newestExport, noFaults, shell, tripList, unlock } from './pages.mjs'
import { freePort, openHall, openProgram, until } from './program.mjs'
import { workbook } from './workbook.mjs'

const sample = 'vehicles=30,months=1,seed=4'
const account = '10010001'
const many = 500
const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)
const at = (time) => ['--sandbox', '--clock', `${today}T${time}+08:00`]

let hall, listen, program, page, id, folder, opened, first
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollbook-funds-'))
  // Stands in for the system's browser: it notes the addresses that it is asked to open.
  opened = join(folder, 'opened.txt')
  await mkdir(join(folder, 'bin'))
  await writeFile(join(folder, 'bin', 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$1" >> '${opened}'\n`)
  await chmod(join(folder, 'bin', 'xdg-open'), 0o755)
  listen = `127.0.0.1:${await freePort()}` // so that nobody else has it while the hall is closed
  hall = await openHall(sample, { listen, options: at('10:00:00') })
  await writeFile(join(folder, 'cards.jsonl'), storedCards())
  await hall.run('apply', '--account', account, join(folder, 'cards.jsonl'))
  await open()
  await login(page).signInAt(hall)
  await shell(page).synced()
})
after(async () => {
  await program.close()
  await hall.close()
  await rm(folder, { recursive: true, force: true })
})

/** 浙W10000 and so on, each with a stored-value card; the last one's is lost. */
function storedCards() {
  const lines = []
  const since = '2022-01-01T09:00:00+08:00'
  for (let i = 0; i <= many; i++) {
    const number = 900_000 + i
    const vehicle = {
      id: number,
      plateNumber: `浙W1${String(i).padStart(4, '0')}`,
      plateColor: 1,
      class: 16,
      status: 'valid',
    }
    lines.push({
      kind: 'vehicle',
      record: {
        ...vehicle,
        registeredAt: since,
        parkingAuthorized: false,
        invoicePerTrip: true,
        invoiceMonthly: false,
        invoiceTitle: '',
        invoiceEmail: '',
        invoiceAutoSend: false,
      },
    })
    lines.push({
      kind: 'card',
      record: {
        id: number,
        vehicleId: number,
        number: `33012201220000${number}`,
        type: 'storedValue',
        status: i === many ? 'lost' : 'issued',
        issuedAt: since,
        balanceFen: 0,
        unloadedFen: 0,
      },
    })
  }
  return lines.map((line) => JSON.stringify(line)).join('\n') + '\n'
}

async function open(data) {
  const path = `${join(folder, 'bin')}:${process.env.PATH}`
  program = await openProgram({ data, env: { PATH: path } })
  page = program.page
  id = (testId) => page.getByTestId(testId)
}

const text = async (testId) => (await id(testId).first().textContent()).trim()
const fenOf = (words) => Math.round(Number(words.replace(/[^\d.-]/g, '')) * 100)
const order = (status) => page.locator(`[data-testid="order"][data-status="${status}"]`)
/** The addresses that the system's browser was asked for, and the newest once there are so many. */
const payments = async () => (await readFile(opened, 'utf8').catch(() => '')).split('\n').filter(Boolean)
const paymentPage = (count) => until(`payment page ${count}`, async () => (await payments())[count - 1])

async function available() {
  await page.locator('[data-testid="recharge-tab"][data-ready="true"]').waitFor()
  return fenOf(await text('available'))
}

async function recharge(amount) {
  await id('recharge-amount').fill(amount)
  await id('recharge').click()
}

test('what is paid in the browser is on the account, once', async () => {
  await shell(page).goTo('充值-预分配-圈存')
  first = await available()
  assert.match(await text('rule'), /需要进行预分配才能转入ETC通行卡内/)
  for (const [amount, fault] of [
    ['', /请输入充值金额/],
    ['1.234', /最多两位小数/],
    ['0', /单笔充值金额为 0.01 至/],
    ['60000', /单笔充值金额为 .* 50,000.00 元/],
  ]) {
    await recharge(amount)
    assert.match(await text('amount-fault'), fault, amount)
  }
  await id('recharge-amount').fill('50000')
  await id('recharge').dblclick()
  await order('awaitingPayment').waitFor()
  const url = await paymentPage(1)
  assert.equal(await order('awaitingPayment').count(), 1, 'a double click is one order')
  const browser = await page.context().browser().newPage()
  await browser.goto(url)
  assert.match(await browser.textContent('body'), /不是真实支付[\s\S]*50,?000\.00/)
  await browser.getByRole('button', { name: '支付成功' }).click()
  await browser.close()
  await order('submitted').waitFor()
  assert.match(await order('submitted').textContent(), /提交发行系统成功[\s\S]*订单编号 \d{10,}/)
  await until('the money', async () => (await available()) === first + 50_000_00)
  await id('order-seen').click()
  await shell(page).synced()
  await shell(page).goTo('历史记录')
  const list = tripList(page, 'recharges')
  await list.ready()
  const [row] = await list.rows()
  assert.deepEqual(
    [row.amount, row.status, row.source, row.target],
    ['50,000.00', '提交发行系统成功', '网站', '用户账户'],
  )
  assert.match(row.transaction, /^\d{20,}$/)
})

test('what is refused in the browser costs nothing, and can be given up', async () => {
  await shell(page).goTo('充值-预分配-圈存')
  await available()
  await recharge('12.34')
  const browser = await page.context().browser().newPage()
  await browser.goto(await paymentPage(2))
  await browser.getByRole('button', { name: '拒绝支付' }).click()
  await browser.close()
  await id('paid-already').click()
  await order('awaitingPayment').waitFor()
  assert.match(await text('stand-next'), /关闭程序不影响支付/)
  await id('open-payment').click()
  assert.equal((await paymentPage(3)).split('?')[0], (await payments())[1].split('?')[0])
  await id('close-order').click()
  assert.match(await confirm(page, '取消订单', '取消订单'), /12\.34 元/)
  await until('the order to go', async () => (await id('order').count()) === 0)
  assert.equal(await available(), first + 50_000_00)
})

test('an order goes on while the program is closed, and the next start tells how it ended', async () => {
  await recharge('100.01')
  const url = await paymentPage(4)
  await program.close({ keepData: true })
  const form = await (await fetch(url)).text()
  const token = form.match(/name="token" value="([^"]+)"/)[1]
  const action = new URL(form.match(/action="([^"]+)"/)[1], url)
  // Paid, and the notification is lost: somebody has to ask.
  await fetch(action, { method: 'POST', body: new URLSearchParams({ token, do: 'silent' }) })
  await open(program.folder)
  await unlock(page)
  const news = id('news').filter({ hasText: '充值 100.01 元：提交发行系统成功' })
  await news.waitFor({ timeout: 60_000 })
  await news.getByRole('button', { name: '查看' }).click()
  await order('submitted').waitFor()
  await until('the money', async () => (await available()) === first + 50_100_01)
  await id('order-seen').click()
})

test('an allocation from Excel names its bad rows, and does all of the others or none', async () => {
  await shell(page).goTo('通行卡管理')
  await id('tab-storedValue').click()
  await id('to-allocate').click()
  await id('mode-equal').click()
  await id('allocate-amount').fill('1000')
  await id('over').waitFor()
  assert.ok(await id('allocate').isDisabled(), 'more than there is cannot be sent')
  await id('mode-sheet').click()
  await id('template').click()
  const rows = [['车牌号码', '金额']]
  for (let i = 0; i < many; i++) rows.push([`浙W1${String(i).padStart(4, '0')}`, i === 0 ? 33.3 : 10])
  rows.push(['浙W19999', 10], [`浙W1${String(many).padStart(4, '0')}`, 10], ['浙W10000', '十元'])
  await id('allocation-file').setInputFiles({
    name: '预分配.xlsx',
    mimeType: 'application/vnd.ms-excel',
    buffer: workbook(rows),
  })
  await id('allocate').click()
  await id('preview-facts').waitFor()
  assert.equal(await text('preview-cards'), '500')
  assert.equal(await text('preview-total'), '5,023.30')
  assert.deepEqual(
    await id('refusal').evaluateAll((lines) =>
      lines.map((line) => [...line.cells].map((each) => each.textContent.trim())),
    ),
    [
      ['第 502 行', '浙W19999', '10', '没有这辆车'],
      ['第 503 行', '浙W10500', '10', '通行卡已挂失'],
      ['第 504 行', '浙W10000', '十元', '与前面的行重复'],
    ],
  )
  await id('allocate-confirm').click()
  await page.locator('[data-testid="allocation"][data-state="ended"]').waitFor()
  assert.match(await text('allocation'), /预分配 500 张卡，共 5,023\.30 元/)
  await id('allocation-seen').click()
  await shell(page).synced()
  await shell(page).goTo('历史记录')
  await id('tab-allocations').click()
  const list = tripList(page, 'allocations')
  await list.ready()
  await page.getByTestId('plate').fill('浙W1')
  await id('query').click()
  await list.ready()
  assert.deepEqual([await list.figure('rows'), await list.figure('settled')], ['500', '5023.30'])
  await list.exportAs('xlsx')
  await id('export-records').click()
  await newestExport(page, 'done')
  const made = await id('export-row').evaluateAll((lines) => lines.map((line) => line.textContent))
  assert.ok(made.some((line) => line.includes('预分配记录')) && made.some((line) => line.includes('预分配模板')))
})

test('at night there are no recharges, and the page counts down by the hall’s clock', async () => {
  await hall.stop()
  await shell(page).goTo('充值-预分配-圈存')
  await shell(page).offline()
  assert.match(await text('why-not'), /当前离线/)
  assert.ok(await id('recharge').isDisabled(), 'offline it is disabled, and says why')
  hall = await openHall(sample, { folder: hall.folder, listen, options: at('21:59:55') })
  await shell(page).sync()
  await shell(page).synced()
  await id('closed').waitFor({ timeout: 40_000 })
  assert.match(await text('closed'), /距 02:00 开放还有 (4:00:00|3:59:\d\d)/)
  assert.ok(await id('recharge').isDisabled())
  const left = await text('opens-in')
  await until('the time to run', async () => (await text('opens-in')) !== left)
  await id('tab-allocate').click()
  await page.locator('[data-testid="allocate-tab"][data-ready="true"]').waitFor()
  assert.ok(!(await id('allocate').isDisabled()), 'allocations know no hours')
  noFaults(program)
})

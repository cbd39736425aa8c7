// Every screen at the two sizes and in both themes: nothing overflows, axe finds nothing. The pictures are left in test-results.
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  confirm,
  dialog,
  escape,
  fleetList,
  intoGroup,
  list,
  login,
  noFaults,
  parkingBatch,
  select,
  shell,
  tripList,
  unlock,
} from './pages.mjs'
import { openHall, openProgram } from './program.mjs'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pictures = join(import.meta.dirname, '..', '..', 'test-results')

async function look(page, name) {
  await page.screenshot({ path: join(pictures, `${name}.png`) })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.equal(wide, 0, `${name} scrolls sideways`)
  await page.evaluate(axe) // as the page's policy allows no script of others
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ['violations'] })
    return result.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`)
  })
  assert.deepEqual(found, [], `axe on ${name}`)
}

/** Every way in and the lock, with a login of two accounts, at a hall whose captchas can be read. */
async function lookAtWaysIn(program, hall, name) {
  const { page } = program
  const id = (testId) => page.getByTestId(testId)
  const way = login(page)
  const person = hall.login('手册双户')
  await way.useHall(hall.url)
  await id('hall-dialog').waitFor({ state: 'hidden' })
  await way.asKind('personal')
  await look(page, name('sms'))
  for (const [tab, link, form] of [
    ['sms', 'forgot-phone', 'recover-phone-form'],
    ['sms', 'change-phone', 'change-phone-form'],
    ['nickname', 'recover-nickname', 'recover-nickname-form'],
    ['nickname', 'forgot-password', 'reset-password-form'],
  ]) {
    await id(`tab-${tab}`).click()
    await id(link).click()
    await id(form).locator('button[type="submit"]').click() // with all faults shown
    await page.locator('[data-testid="captcha-picture"] img').waitFor()
    await look(page, name(form))
    await id('recovery-back').click()
  }
  await page.locator('[data-testid="captcha-picture"] img').waitFor()
  await look(page, name('nickname'))
  await way.byNickname(hall, person, 'not the password')
  await way.fault.waitFor()
  await look(page, name('nickname-refused'))
  await way.byNickname(hall, person)
  await id('fetched-accounts').waitFor()
  await id('send-binding-code').click()
  await id('binding-code').fill(await hall.code(person.phone))
  await look(page, name('binding'))
  await id('confirm-binding').click()
  await id('choose-account').nth(1).waitFor()
  await look(page, name('accounts'))
  await id('login-back').click()
  await id('holder-name').waitFor()
  await look(page, name('verification'))
  await id('login-back').click()
  await way.byNickname(hall, person)
  await id('choose-account').first().click()
  await id('passphrase').waitFor()
  await look(page, name('passphrase'))
  await way.keepPassphrase()
  await shell(page).synced()
}

async function lookAtSafety(page, name) {
  const id = (testId) => page.getByTestId(testId)
  for (const [item, dialog] of [
    ['switch-account', '切换账号'],
    ['change-password', '修改密码'],
    ['security-settings', '安全设置'],
    ['audit-trail', '登录记录'],
    ['sign-out-everywhere', '退出所有设备'],
  ]) {
    await id('account-menu').click()
    await id('account-facts').waitFor()
    if (item === 'switch-account') await look(page, name('account-menu'))
    await id(item).click()
    await page.getByRole('dialog', { name: dialog }).waitFor()
    if (item === 'audit-trail') await id('trail-entry').first().waitFor()
    await look(page, name(item))
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: dialog }).waitFor({ state: 'hidden' })
  }
  await page.keyboard.press('Control+l')
  await id('lock-page').waitFor()
  await look(page, name('lock'))
  await unlock(page, 'not the passphrase')
  await id('unlock-passphrase-fault').waitFor()
  await look(page, name('lock-refused'))
  await id('forgot-passphrase').click()
  await page.getByRole('dialog', { name: '忘记本机口令' }).waitFor()
  await look(page, name('forgotten'))
}

/** The pages of the fleet, with what opens on them. */
async function lookAtFleet(page, name) {
  const id = (testId) => page.getByTestId(testId)
  const go = async (title, list) => {
    await shell(page).goTo(title)
    await fleetList(page, list).ready()
  }
  await go('用户中心', 'center')
  await id('center-listed').waitFor()
  await look(page, name('center'))

  await id('tile-listed').click()
  const vehicles = fleetList(page, 'vehicles')
  await vehicles.ready()
  await vehicles.openRow(0)
  await id('why-listed').waitFor()
  await look(page, name('vehicle'))
  await id('keep').scrollIntoViewIfNeeded()
  await look(page, name('vehicle-kept'))
  await id('why-listed').click()
  await id('status-row').first().waitFor()
  await look(page, name('card'))
  await escape(page, '通行卡详情')
  await escape(page, '车辆详情')

  await vehicles.reset()
  await vehicles.tickAll()
  await id('tick').nth(1).click()
  await look(page, name('vehicles'))
  await id('assign').click()
  await dialog(page, '分配到…').waitFor()
  await id('assign-confirm').click()
  await id('assign-fault').waitFor()
  await look(page, name('assign'))
  await intoGroup(page, { kind: 'team', newName: '样例车队', everSince: true })
  await id('assign-confirm').click()
  await dialog(page, '分配到…').waitFor({ state: 'hidden' })
  await id('paste-plates').click()
  await id('pasted-text').fill('浙Q00001\n浙Q00002')
  await id('pasted-match').click()
  await id('pasted-problem').first().waitFor()
  await look(page, name('pasted'))
  await escape(page, '粘贴车牌分配')
  await id('import-sheet').click()
  await dialog(page, '从Excel导入').waitFor()
  await look(page, name('sheet'))
  await escape(page, '从Excel导入')

  await go('通行卡管理', 'cards')
  await id('tab-storedValue').click()
  await id('show-balance').first().click()
  await id('shown-balanceFen').waitFor()
  await look(page, name('cards'))
  await id('export').click()
  await id('export-full').waitFor()
  await look(page, name('export'))
  await page.keyboard.press('Escape')
  await id('tab-charge').click()
  await select(page, 'cardStatus', '已注销')
  await fleetList(page, 'cards').ready()
  await look(page, name('cancelled'))

  await go('标签管理', 'tags')
  await id('row-detail').first().click()
  await id('tag-facts').waitFor()
  await look(page, name('tag'))
  await escape(page, '标签详情')

  await go('拓展授权管理', 'parking')
  await fleetList(page, 'parking').tickAll()
  await id('authorize-off').click()
  await dialog(page, '批量授权关闭').waitFor()
  await look(page, name('confirm'))
  await confirm(page, '批量授权关闭', '关闭授权')
  await parkingBatch(page).ended()
  await look(page, name('parking'))
  await id('batch-results').click()
  await fleetList(page, 'parkingResults').ready()
  await look(page, name('results'))
  await escape(page, /结果/)
  await id('batches-open').click()
  await id('batch-row').first().waitFor()
  await look(page, name('batches'))
  await escape(page, '批量授权记录')

  await shell(page).goTo('分组管理')
  await id('group-row').first().waitFor()
  await look(page, name('groups'))
  await id('add-project').click()
  await dialog(page, '新建项目').waitFor()
  await look(page, name('group'))
  await escape(page, '新建项目')
  await go('证件到期', 'renewals')
  await look(page, name('renewals'))
  await go('提醒', 'alerts')
  await look(page, name('alerts'))
  await id('alert-settings-open').click()
  await dialog(page, '提醒设置').waitFor()
  await look(page, name('alert-settings'))
  await escape(page, '提醒设置')

  await shell(page).goTo('账单查询')
  await select(page, 'sum-by', '按车队')
  await list(page, 'statistics').query()
  await look(page, name('by-team'))
}

/** 储值卡资金服务: an order that waits to be paid, allocations in their ways, and the history. */
async function lookAtFunds(page, name) {
  const id = (testId) => page.getByTestId(testId)
  await shell(page).goTo('充值-预分配-圈存')
  await page.locator('[data-testid="recharge-tab"][data-ready="true"]').waitFor()
  await id('to-card').click()
  await id('recharge').click()
  await id('amount-fault').waitFor()
  await look(page, name('recharge-faults'))
  await id('to-account').click()
  await id('recharge-amount').fill('100')
  await id('recharge').click()
  await id('copy-payment').waitFor()
  await look(page, name('recharge'))
  await id('tab-allocate').click()
  await page.locator('[data-testid="allocation-cards"][data-ready="true"]').waitFor()
  await id('allocate-amount').fill('900000')
  await id('over').waitFor()
  await look(page, name('allocate-equal'))
  await id('mode-chosen').click()
  await id('card-amount').first().fill('0.01')
  await look(page, name('allocate-chosen'))
  await id('allocate').click()
  await id('allocate-confirm').click()
  await page.locator('[data-testid="allocation"][data-state="ended"]').waitFor()
  await id('mode-pasted').click()
  await id('allocation-text').fill('浙Y12345 5\n33012100220000000001 1.234\n这一行不是车牌')
  await look(page, name('allocate-pasted'))
  await id('allocate').click()
  await dialog(page, '核对预分配').getByText('这一行不是车牌').waitFor()
  await look(page, name('allocate-preview'))
  await escape(page, '核对预分配')
  await id('mode-topUp').click()
  await look(page, name('allocate-top-up'))
  await id('mode-sheet').click()
  await look(page, name('allocate-sheet'))
  await id('tab-load').click()
  await fleetList(page, 'load').ready()
  await look(page, name('load'))
  await shell(page).goTo('历史记录')
  for (const tab of ['recharges', 'allocations', 'loads']) {
    await id(`tab-${tab}`).click()
    await tripList(page, tab).ready()
    await look(page, name(tab))
  }
  await shell(page).goTo('通行卡管理')
  await id('tab-storedValue').click()
  await fleetList(page, 'cards').ready()
  await look(page, name('stored-value'))
}

/** 通行流水查询 and 退费记录查询, with a passage beside them. */
async function lookAtTrips(page, name) {
  const id = (testId) => page.getByTestId(testId)
  await shell(page).goTo('车辆管理')
  await fleetList(page, 'vehicles').ready()
  await fleetList(page, 'vehicles').openRow(0)
  await id('vehicle-trips').click()
  await tripList(page, 'etcTrips').ready()
  await look(page, name('vehicle-trips'))
  await id('reset').click()
  await tripList(page, 'etcTrips').ready()
  await look(page, name('trips'))
  await tripList(page, 'etcTrips').openRow(0)
  await look(page, name('trip'))
  await escape(page, '通行详情')
  await tripList(page, 'otherTrips').open()
  await look(page, name('other-trips'))
  await tripList(page, 'placeTrips').open()
  await look(page, name('place-trips'))
  await shell(page).goTo('退费记录查询')
  await tripList(page, 'expresswayRefunds').ready()
  await look(page, name('refunds'))
  await tripList(page, 'expresswayRefunds').openRow(0)
  await look(page, name('refunded-trip'))
  await escape(page, '通行详情')
  await tripList(page, 'placeRefunds').open()
  await look(page, name('place-refunds'))
  await shell(page).goTo('统计分析')
  await tripList(page, 'analysis').ready()
  await look(page, name('analysis'))
  await id('charts-fold').click()
  await id('chart-routes').locator('canvas').waitFor()
  await look(page, name('analysis-charts'))
  await id('charts-figures').click()
  await id('views').click()
  await id('view-save-as').waitFor()
  await look(page, name('analysis-views'))
  await id('view-save-as').click()
  await id('view-name-field').waitFor()
  await look(page, name('analysis-view-dialog'))
  await escape(page, '保存为视图')
  await id('row-trips').first().click()
  await page.locator('[data-testid="list-analysisTrips"][data-ready="true"]').waitFor()
  await look(page, name('analysis-trips'))
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: /的通行明细$/ }).waitFor({ state: 'hidden' })
}

/** 月结单, with what opens on it. */
async function lookAtStatements(page, name) {
  const id = (testId) => page.getByTestId(testId)
  await shell(page).goTo('月结单')
  const ready = () => page.locator('[data-testid="preview"][data-ready="true"]').waitFor()
  await ready()
  await look(page, name('statements'))
  await id('part-lines').getByTestId('columns-open').click()
  await page.getByRole('region', { name: '列设置' }).locator('visible=true').waitFor()
  await look(page, name('statement-columns'))
  await page.keyboard.press('Escape')
  await id('template-save-as').click()
  await id('template-give').click()
  await page.getByText('请输入模板名称').waitFor()
  await look(page, name('statement-template'))
  await escape(page, '另存为模板')
  await id('plate').fill('浙X')
  await id('unknown-plate').waitFor()
  await look(page, name('statement-plate'))
  await id('plate').fill('')
  await select(page, 'period-to', '2026')
  await ready()
  await id('make').click()
  await page.locator('[data-testid="tray-job"][data-state="done"]').first().waitFor()
  await look(page, name('statement-made'))
}

/** 开票核对 and 进项抵扣台账. */
async function lookAtCoverage(page, name) {
  const id = (testId) => page.getByTestId(testId)
  await shell(page).goTo('开票核对')
  await tripList(page, 'coverageMonths').ready()
  await look(page, name('months'))
  await id('coverage-state-row').first().click()
  await tripList(page, 'coverageTrips').ready()
  await look(page, name('trips'))
  await shell(page).goTo('进项抵扣台账')
  await tripList(page, 'deduction').ready()
  await id('tick').first().click()
  await look(page, name('ledger'))
  for (const [button, title] of [
    ['mark', '登记勾选'],
    ['rules', '抵扣规则'],
  ]) {
    await id(button).click()
    await dialog(page, title).waitFor()
    await look(page, name(button))
    await escape(page, title)
  }
  const sums = tripList(page, 'deductionSums')
  await sums.open()
  await look(page, name('sums'))
}

/** 打印: with originals missing, with a preview, saved, and asked about the second time. */
async function lookAtPrinting(page, name) {
  const id = (testId) => page.getByTestId(testId)
  for (const row of [0, 1]) await id('tick').nth(row).click()
  await id('print').click()
  await id('print-nothing').waitFor()
  await look(page, name('print-missing'))
  await id('print-download').click()
  await page.locator('[data-testid="print-view"][data-drawn^="1@"]').waitFor({ timeout: 60_000 })
  await look(page, name('print'))
  await select(page, 'print-target', '存为一个 PDF')
  await id('print-act').click()
  await page.locator('[data-testid="print-outcome"][data-state="done"]').waitFor()
  await look(page, name('print-saved'))
  await escape(page, '打印发票')
  for (const row of [1, 2]) await id('tick').nth(row).click()
  await id('print').click()
  await id('print-again').waitFor()
  await look(page, name('print-again'))
  await escape(page, '打印发票')
}

/** 已开票查询 and 开票设置查询, with an original on screen. */
async function lookAtInvoices(page, name) {
  const id = (testId) => page.getByTestId(testId)
  await shell(page).goTo('已开票查询')
  const merged = tripList(page, 'mergedInvoices')
  await merged.open()
  await look(page, name('merged'))
  await page.locator('[role="gridcell"][data-row="0"][data-key="plate"]').dblclick()
  await id('paper-download').click()
  await page.locator('[data-testid="paper"][data-kind="pdf"][data-state="kept"]').waitFor({ timeout: 60_000 })
  await look(page, name('detail'))
  await id('paper-preview').click()
  await page.locator('[data-testid="viewer"][data-drawn^="1@"]').waitFor()
  await look(page, name('viewer'))
  await id('viewer-close').click()
  await id('viewer').waitFor({ state: 'hidden' })
  await escape(page, '发票详情')
  await id('tab-tripInvoices').click()
  await tripList(page, 'tripInvoices').ready()
  await look(page, name('trips'))
  await lookAtPrinting(page, name)
  await id('kept').click()
  await dialog(page, '本机发票原件').waitFor()
  await look(page, name('kept'))
  await escape(page, '本机发票原件')
  await shell(page).goTo('开票设置查询')
  await tripList(page, 'invoiceSettings').ready()
  await look(page, name('settings'))
  await id('row-detail').first().click()
  await dialog(page, '开票设置详情').waitFor()
  await look(page, name('setting'))
  await escape(page, '开票设置详情')
}

// Each theme and each size is seen once; LOOKS=all sees every theme at every size.
const looks = [
  ['light', 1366, 768],
  ['dark', 1920, 1080],
  ...(process.env.LOOKS === 'all'
    ? [
        ['light', 1920, 1080],
        ['dark', 1366, 768],
      ]
    : []),
]
for (const [scheme, width, height] of looks) {
  test(`ways in, ${scheme} at ${width}×${height}`, async () => {
    await mkdir(pictures, { recursive: true })
    const hall = await openHall('manual')
    const program = await openProgram({
      env: { TOLLBOOK_DEMO: 'vehicles=1,months=1,seed=1' },
      size: { width, height },
      scheme,
    })
    const name = (screen) => `in-${screen}-${scheme}-${width}`
    try {
      await lookAtWaysIn(program, hall, name)
      await lookAtSafety(program.page, name)
      noFaults(program)
    } finally {
      await program.close()
      await hall.close()
    }
  })

  test(`funds, ${scheme} at ${width}×${height}`, async () => {
    await mkdir(pictures, { recursive: true })
    // At an hour at which there are recharges.
    const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)
    const options = ['--sandbox', '--clock', `${today}T10:00:00+08:00`]
    const hall = await openHall('vehicles=60,months=2,seed=4', { options })
    const program = await openProgram({ size: { width, height }, scheme })
    try {
      await login(program.page).signInAt(hall)
      await shell(program.page).synced()
      await lookAtFunds(program.page, (screen) => `funds-${screen}-${scheme}-${width}`)
      noFaults(program)
    } finally {
      await program.close()
      await hall.close()
    }
  })

  test(`fleet, ${scheme} at ${width}×${height}`, async () => {
    await mkdir(pictures, { recursive: true })
    const program = await openProgram({
      env: { TOLLBOOK_DEMO: 'vehicles=120,months=2,seed=4' },
      size: { width, height },
      scheme,
    })
    try {
      await login(program.page).signInToDemo()
      await shell(program.page).synced()
      await lookAtFleet(program.page, (screen) => `fleet-${screen}-${scheme}-${width}`)
      await lookAtTrips(program.page, (screen) => `trips-${screen}-${scheme}-${width}`)
      await lookAtStatements(program.page, (screen) => `trips-${screen}-${scheme}-${width}`)
      await lookAtInvoices(program.page, (screen) => `invoices-${screen}-${scheme}-${width}`)
      await lookAtCoverage(program.page, (screen) => `coverage-${screen}-${scheme}-${width}`)
      noFaults(program)
    } finally {
      await program.close()
    }
  })

  test(`${scheme} at ${width}×${height}`, async () => {
    await mkdir(pictures, { recursive: true })
    const program = await openProgram({
      env: { TOLLBOOK_DEMO: 'vehicles=30,months=3,seed=2' },
      size: { width, height },
      scheme,
    })
    const { page } = program
    const name = (screen) => `${screen}-${scheme}-${width}`
    try {
      await page.getByTestId('demo-fill').first().waitFor()
      await look(page, name('1-login'))
      await page.getByTestId('tab-nickname').click()
      await page.locator('[data-testid="captcha-picture"] img').waitFor()
      await look(page, name('1b-nickname'))
      await login(page).signInToDemo()
      await shell(page).synced()
      await list(page, 'statistics').ready()
      await look(page, name('2-statistics'))
      await list(page, 'lines').open()
      await look(page, name('3-lines'))
      await list(page, 'lines').exportAs('pdf')
      await shell(page).goTo('导出记录')
      await page.locator('[data-testid="export-row"][data-state="done"]').first().waitFor()
      await look(page, name('4-exports'))
      await shell(page).proof()
      await look(page, name('5-proof'))
      await page.keyboard.press('Escape')
      await page.getByRole('dialog', { name: '月度核对' }).waitFor({ state: 'hidden' })
      await page.getByTestId('sync-label').click()
      await page.getByTestId('sync-popover').waitFor()
      await look(page, name('6-sync'))
      await page.keyboard.press('Escape')
      await page.getByTestId('account-menu').click()
      await page.getByTestId('account-facts').waitFor()
      await look(page, name('7-account'))
      await page.getByTestId('sign-out').click()
      await page.getByRole('dialog', { name: '退出登录' }).waitFor()
      await look(page, name('8-sign-out'))
      await page.keyboard.press('Escape')
      await page.getByRole('dialog', { name: '退出登录' }).waitFor({ state: 'hidden' })
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: '键盘快捷键' }).waitFor()
      await look(page, name('9-keys'))
      noFaults(program)
    } finally {
      await program.close()
    }
  })
}

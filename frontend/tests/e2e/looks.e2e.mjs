// Every page of the fleet at the two sizes and in both themes; looksin.e2e.mjs has the others. They are two so that they run side by side.
import { test } from 'node:test'
import { look, looks } from './looks.mjs'
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
  startedJob,
  tripList,
} from './pages.mjs'
import { openProgram, until } from './program.mjs'

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
  const job = await startedJob(page, () => id('make').click())
  await until('the statement', async () => (await job.getAttribute('data-state')) === 'done')
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

for (const [scheme, width, height] of looks) {
  test(`fleet, ${scheme} at ${width}×${height}`, async () => {
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
}

// The ways in, the lock, the funds and the first pages at the two sizes and in both themes.
import { test } from 'node:test'
import { look, looks } from './looks.mjs'
import { dialog, escape, fleetList, list, login, noFaults, shell, tripList, unlock } from './pages.mjs'
import { openHall, openProgram } from './program.mjs'

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

for (const [scheme, width, height] of looks) {
  test(`ways in, ${scheme} at ${width}×${height}`, async () => {
    const hall = await openHall('manual')
    const program = await openProgram({
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

  test(`${scheme} at ${width}×${height}`, async () => {
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

// Every screen at the two sizes and in both themes: nothing overflows, axe finds nothing. The pictures are left in test-results.
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { list, login, noFaults, shell, unlock } from './pages.mjs'
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

for (const scheme of ['light', 'dark']) {
  for (const [width, height] of [
    [1366, 768],
    [1920, 1080],
  ]) {
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
}

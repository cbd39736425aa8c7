// Every screen at the two sizes and in both themes: nothing overflows, axe finds nothing. The pictures are left in test-results.
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { list, login, noFaults, shell } from './pages.mjs'
import { openProgram } from './program.mjs'

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

/** The way in, with a look at each step. */
async function signInAndLook(page, name) {
  const way = login(page)
  await way.fillSample(2) // a nickname that the old portal had bound
  await page.getByTestId('captcha').fill('????')
  await page.getByTestId('sign-in').click()
  await way.fault.waitFor()
  await look(page, name('1d-refused'))
  await way.fillSample()
  await way.sendCode()
  await way.takeDemoCode()
  await page.getByTestId('sign-in').click()
  await page.getByTestId('holder-name').waitFor()
  await look(page, name('1e-verification'))
  await way.fillSample()
  await page.getByTestId('verify').click()
  await page.getByTestId('passphrase').waitFor()
  await look(page, name('1f-passphrase'))
  await way.keepPassphrase()
}

/** The dialogs of the account menu, then the lock. */
async function lookAtSecurity(page, name) {
  for (const [item, dialog] of [
    ['security-settings', '安全设置'],
    ['audit-trail', '登录记录'],
  ]) {
    await page.getByTestId('account-menu').click()
    await page.getByTestId(item).click()
    await page.getByRole('dialog', { name: dialog }).waitFor()
    await look(page, name(`9-${item}`))
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: dialog }).waitFor({ state: 'hidden' })
  }
  await page.keyboard.press('Control+l')
  await page.getByTestId('unlock').waitFor()
  await look(page, name('9-lock'))
}

for (const scheme of ['light', 'dark']) {
  for (const [width, height] of [
    [1366, 768],
    [1920, 1080],
  ]) {
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
        for (const [link, form] of [
          ['recover-nickname', 'recover-nickname-form'],
          ['forgot-password', 'reset-password-form'],
          ['forgot-phone', 'recover-phone-form'],
          ['change-phone', 'change-phone-form'],
        ]) {
          await page.getByTestId(link.endsWith('phone') ? 'tab-sms' : 'tab-nickname').click()
          await page.getByTestId(link).click()
          await page.getByTestId(form).locator('[data-testid="captcha-picture"] img').waitFor()
          await look(page, name(`1c-${link}`))
          await page.getByTestId('recovery-back').click()
        }
        await signInAndLook(page, name)
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
        await page.keyboard.press('Escape')
        await page.getByRole('dialog', { name: '键盘快捷键' }).waitFor({ state: 'hidden' })
        await lookAtSecurity(page, name)
        noFaults(program)
      } finally {
        await program.close()
      }
    })
  }
}

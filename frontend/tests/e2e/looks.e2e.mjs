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

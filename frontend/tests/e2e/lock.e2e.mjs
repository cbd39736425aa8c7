// The lock, the local passphrase, and what lies on the disk.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { list, login, newestExport, noFaults, passphrase, shell, unlock } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

const says = (element, words) =>
  until(`“${words}”`, async () => words.test(await element.textContent().catch(() => '')))

/** What the page holds while it is locked: no word of the account may be in it. */
async function isLocked(page) {
  await page.getByTestId('lock-page').waitFor()
  const whole = await page.content()
  assert.doesNotMatch(whole, /操作手册样例|浙Z1|339,830/)
}

test('a locked program shows nothing, works on, and opens where it was', async () => {
  const hall = await openHall('manual')
  const program = await openProgram()
  const { page } = program
  const id = (name) => page.getByTestId(name)
  try {
    await login(page).signInAt(hall)
    await shell(page).synced()
    await list(page, 'lines').open()
    await list(page, 'lines').query({ kind: '按年', from: '2024年', to: '2024年' })
    assert.equal(await list(page, 'lines').count(), 104)
    await list(page, 'lines').exportAs('xlsx')
    await page.keyboard.press('Control+l')
    await isLocked(page)
    await page.reload() // loading the page anew is no way around
    await isLocked(page)
    // Whatever a script in the page asks for, Go refuses.
    const refused = await page.evaluate(() =>
      window.go.app.Session.State().then(
        () => 'answered',
        (reason) => String(reason),
      ),
    )
    assert.match(refused, /program_locked/)

    await unlock(page, 'not the passphrase')
    await says(id('unlock-passphrase-fault'), /本机口令不正确/)
    await unlock(page)
    await list(page, 'lines').ready()
    assert.equal(await list(page, 'lines').count(), 104)
    await shell(page).goTo('导出记录')
    await newestExport(page, 'done') // it went on behind the lock
    noFaults(program)
  } finally {
    await program.close()
    await hall.close()
  }
})

test('ten minutes without a key or the mouse lock the program, a busy user is left alone', async () => {
  const hall = await openHall('manual')
  const program = await openProgram()
  const { page } = program
  try {
    await login(page).signInAt(hall)
    await shell(page).synced()
    await page.clock.install()
    await page.reload()
    await list(page, 'statistics').ready()
    await page.clock.fastForward('09:50')
    await page.mouse.move(300, 300)
    await page.clock.fastForward('09:50')
    assert.equal(await page.getByTestId('lock-page').count(), 0)
    await page.clock.fastForward('00:20')
    await isLocked(page)
    noFaults(program)
  } finally {
    await program.close()
    await hall.close()
  }
})

test('with no network the passphrase opens the last account, five wrong ones cost a wait, a forgotten one a fresh start', async () => {
  const hall = await openHall('manual')
  let program = await openProgram()
  const { folder, exports } = program
  await login(program.page).signInAt(hall)
  await shell(program.page).synced()
  await list(program.page, 'lines').open()
  await list(program.page, 'lines').query({ kind: '按年', from: '2024年', to: '2024年' })
  await list(program.page, 'lines').exportAs('csv')
  await shell(program.page).goTo('导出记录')
  await newestExport(program.page, 'done')
  const codes = (await hall.messages()).map((sms) => sms.code)
  await program.close({ keepData: true })
  await hall.stop()
  try {
    await nothingInTheClear(folder, codes)
    // The same search finds the words where they belong: in the document that was asked for.
    await assert.rejects(() => nothingInTheClear(exports, []), /浙Z1/)

    program = await openProgram({ data: folder })
    const { page } = program
    const id = (name) => page.getByTestId(name)
    await unlock(page)
    await list(page, 'statistics').ready()
    await list(page, 'statistics').query({ kind: '按年', from: '2024年', to: '2024年' })
    assert.equal(await list(page, 'statistics').total(), '339830.96')

    await page.keyboard.press('Control+l')
    await isLocked(page)
    for (let i = 1; i <= 5; i++) {
      await unlock(page, `wrong passphrase ${i}`)
      await until('the answer', async () => (await id('unlock-passphrase').inputValue()) === '')
    }
    await says(id('unlock-wait'), /请在 (30|2\d) 秒 后再试/)
    assert.ok(await id('unlock').isDisabled())
    await page.reload() // which may take a while, and does not end the wait
    await says(id('unlock-wait'), /请在 (30|[12]?\d) 秒 后再试/)

    await id('forgot-passphrase').click()
    await says(id('forgotten-dialog'), /删除本机的账单缓存[\s\S]*服务营业厅的数据和已导出的文件不受影响/)
    await id('confirm-forgotten').click()
    await id('sign-in').waitFor()
    assert.deepEqual(
      (await readdir(folder)).filter((name) => /^cache-.*\.db$/.test(name)),
      [],
    )
    noFaults(program)
  } finally {
    await program.close()
    await hall.close()
  }
})

/** Looks through every byte of a folder for what belongs to the account, but for the sample fleet of the demo. */
async function nothingInTheClear(folder, codes) {
  const words = [
    '浙Z1',
    '操作手册样例',
    '10000000009',
    '91000000MA',
    '径山',
    '临平',
    '12211230000',
    '2559973',
    '25,599.73',
  ]
  const secrets = [passphrase, ...codes.map((code) => `"${code}"`), 'CREATE TABLE bill']
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || path.includes('/demo/')) continue
    const content = await readFile(path)
    for (const word of [...words, ...secrets]) assert.ok(!content.includes(word), `${entry.name} shows ${word}`)
  }
}

test('the passphrase is changed, and the new one alone opens', async () => {
  const hall = await openHall('manual')
  const program = await openProgram()
  const { page } = program
  const id = (name) => page.getByTestId(name)
  try {
    await login(page).signInAt(hall)
    await shell(page).synced()
    await id('account-menu').click()
    await id('security-settings').click()
    await id('old-passphrase').fill('not the passphrase')
    for (const field of ['new-passphrase', 'new-passphrase-again']) await id(field).fill('风雨无阻 2024')
    await id('security-dialog').getByTestId('keep-passphrase').click()
    await says(id('security-fault'), /本机口令不正确/)
    await id('old-passphrase').fill(passphrase)
    await id('security-dialog').getByTestId('keep-passphrase').click()
    await until('the fields to be cleared', async () => (await id('old-passphrase').inputValue()) === '')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+l')
    await isLocked(page)
    await unlock(page)
    await says(id('unlock-passphrase-fault'), /本机口令不正确/)
    await unlock(page, '风雨无阻 2024')
    await list(page, 'statistics').ready()
    noFaults(program)
  } finally {
    await program.close()
    await hall.close()
  }
})

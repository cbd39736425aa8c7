// What goes wrong is said in words that help, and leaves the cache as it was.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { list, login, newestExport, noFaults, shell, unlock } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

/** A server that is no hall, or no hall of this contract. */
async function oddHall(type, body) {
  const server = createServer((_, answer) => answer.writeHead(200, { 'Content-Type': type }).end(body))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

/** What somebody else does at the same hall, without this program. */
async function changePhone(hall, newPhone) {
  const post = async (path, body) => {
    const answer = await fetch(`${hall.url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    assert.ok(answer.ok, `${path}: ${answer.status}`)
    return answer.status === 204 ? null : answer.json()
  }
  const { kind, plate, colour, name, document } = hall.clerk
  const proof = {
    userKind: kind,
    plateNumber: plate,
    plateColor: colour,
    name,
    documentType: '102',
    documentNumber: document,
  }
  const { id } = await post('/v1/captchas', {})
  await post('/v1/phone-change-codes', { proof, newPhone, captchaId: id, captcha: await hall.captcha() })
  await post('/v1/phone-changes', { proof, newPhone, code: await hall.code(newPhone) })
}

const badge = (page, state) =>
  page.locator(`[data-testid="sync-badge"][data-state="${state}"]`).waitFor({ timeout: 90_000 })

test('a captive portal and a hall of another version are told apart from a hall', async () => {
  const program = await openProgram({ env: { TOLLBOOK_DEMO: 'vehicles=3,months=1,seed=1' } })
  const { page } = program
  const hello = {
    service: 'tollbook-hall',
    name: '新版',
    minContract: 7,
    maxContract: 8,
    serverTime: '2026-11-22T10:00:00+08:00',
  }
  const portal = await oddHall('text/html', '<html>请先登录无线网络</html>')
  const newer = await oddHall('application/json', JSON.stringify(hello))
  try {
    for (const [url, words] of [
      [portal.url, /不是|上网|网络登录|认证/],
      [newer.url, /版本/],
      ['http://127.0.0.1:9', /连接|网络/],
    ]) {
      await login(page).useHall(url)
      const alert = page.getByTestId('hall-dialog').getByRole('alert')
      await until(`words for ${url}`, async () => words.test(await alert.textContent().catch(() => '')))
      await page.keyboard.press('Escape')
      await page.getByTestId('hall-dialog').waitFor({ state: 'hidden' })
    }
    noFaults(program)
  } finally {
    portal.close()
    newer.close()
    await program.close()
  }
})

test('a session that the hall ended asks for a new sign-in, and the lists stay', async () => {
  const hall = await openHall('manual')
  const program = await openProgram()
  const { page } = program
  try {
    await login(page).signInAt(hall)
    await shell(page).synced()
    // The holder changes the reserved phone at a counter: whoever used the old one is out.
    await changePhone(hall, '10000000090')
    await shell(page).sync()
    await badge(page, 'expired')
    assert.match(await page.getByTestId('sync-badge').textContent(), /登录过期/)
    await list(page, 'lines').open()
    await list(page, 'lines').query({ kind: '按年', from: '2024年', to: '2024年' })
    assert.equal(await list(page, 'lines').count(), 104)
    noFaults(program)
  } finally {
    await program.close()
    await hall.close()
  }
})

test('a cancelled sync goes on where it was, a cancelled export leaves no file', async () => {
  const program = await openProgram({ env: { TOLLBOOK_DEMO: 'vehicles=150,months=8,seed=2' } })
  const { page } = program
  try {
    await login(page).signInToDemo()
    await until('the first changes', async () =>
      /[1-9]/.test(
        (
          await page
            .getByTestId('first-sync-counts')
            .textContent()
            .catch(() => '')
        ).split('/')[0],
      ),
    )
    await page.getByTestId('first-sync-cancel').click()
    await page.getByTestId('first-sync-start').waitFor()
    await page.getByTestId('first-sync-start').click()
    await shell(page).synced()
    assert.match(await shell(page).proof(), /全部一致/)
    await page.keyboard.press('Escape')

    const lines = list(page, 'lines')
    await lines.open()
    await lines.query({ kind: '按年' })
    await lines.exportAs('pdf')
    await page.getByTestId('job-cancel').click()
    await shell(page).goTo('导出记录')
    await newestExport(page, 'cancelled')
    const [account] = await readdir(program.exports)
    assert.deepEqual(await readdir(join(program.exports, account)), [])
    noFaults(program)
  } finally {
    await program.close()
  }
})

test('a file that is no cache is named and left alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tollbook-e2e-'))
  const env = { TOLLBOOK_DEMO: 'vehicles=3,months=2,seed=1' }
  const first = await openProgram({ env, data: folder })
  await login(first.page).signInToDemo()
  await shell(first.page).synced()
  await first.close({ keepData: true })

  const cache = join(
    folder,
    (await readdir(folder)).find((name) => /^cache-.*\.db$/.test(name)),
  )
  const content = Buffer.from('这不是缓存'.repeat(50))
  try {
    await writeFile(cache, content)
    const program = await openProgram({ env, data: folder })
    await unlock(program.page)
    await until('words', async () => /损坏|不是/.test(await program.page.locator('body').innerText()))
    await program.close({ keepData: true })
    assert.ok(content.equals(await readFile(cache)), 'the file was changed')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a folder that cannot be written to is named', async () => {
  const program = await openProgram({ data: '/proc/tollbook' })
  try {
    await until('words', async () =>
      /只读|无法写入|没有写入权限|不能写/.test(await program.page.locator('body').innerText()),
    )
  } finally {
    await program.close({ keepData: true })
  }
})

test('a full disk is named, and the sync goes on when there is room', async () => {
  // A small disk of its own, in a namespace that needs no rights outside it.
  const run = promisify(execFile)
  const { stdout } = await run(
    'unshare',
    [
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      `mount -t tmpfs -o size=12m none "$DIR" && exec node "${join(import.meta.dirname, 'fulldisk.mjs')}"`,
    ],
    {
      env: { ...process.env, DIR: await mkdtemp(join(tmpdir(), 'tollbook-disk-')) },
      maxBuffer: 1 << 24,
    },
  )
  assert.match(stdout, /said: .*磁盘/)
  assert.match(stdout, /proof: .*全部一致/)
})

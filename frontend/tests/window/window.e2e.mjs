// The main job in the real window: the production build under an X server. With PICTURES set, it leaves pictures of the window there.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { freePort, until } from '../e2e/program.mjs'
import { inspect } from './inspector.mjs'

const root = join(import.meta.dirname, '..', '..', '..')
const pictures = process.env.PICTURES
const passphrase = '一路平安 2024'

let program, page, folder
let log = ''
before(async () => {
  const inspectorPort = await freePort() // two runs on one machine must not drive each other's window
  folder = await mkdtemp(join(tmpdir(), 'tollbook-window-'))
  program = spawn(join(root, 'build', 'bin', 'tollbook'), {
    env: {
      ...process.env,
      TOLLBOOK_DATA: folder,
      TOLLBOOK_KEYCHAIN: 'off',
      TOLLBOOK_EXPORTS: join(folder, 'documents'),
      TOLLBOOK_DEMO: 'vehicles=120,months=14,seed=1',
      WEBKIT_INSPECTOR_HTTP_SERVER: `127.0.0.1:${inspectorPort}`,
      NO_AT_BRIDGE: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [program.stdout, program.stderr]) stream.on('data', (text) => (log += text))
  page = await inspect(inspectorPort)
})
after(async () => {
  page.close()
  program.kill('SIGTERM')
  if (program.exitCode === null) await once(program, 'exit')
  await rm(folder, { recursive: true, force: true })
})

/** Waits, and when it waited in vain says what the window shows and the program logged. */
async function wait(what, condition, seconds = 60) {
  try {
    return await until(what, condition, seconds)
  } catch (reason) {
    const shown = await page.evaluate('document.body.innerText')
    throw new Error(`${reason.message}; the window says: ${shown}\nthe program's log:\n${log}`, { cause: reason })
  }
}

const element = (id) => `document.querySelector('[data-testid="${id}"]')`
const shown = (id) => wait(id, () => page.evaluate(`${element(id)} !== null`))
async function click(id) {
  await wait(`${id} to be ready`, () => page.evaluate(`${element(id)} !== null && !${element(id)}.disabled`))
  await page.evaluate(`${element(id)}.click()`)
}

async function type(id, text) {
  await shown(id)
  await page.evaluate(`(() => {
    const input = ${element(id)}
    input.value = ${JSON.stringify(text)}
    input.dispatchEvent(new Event('input', { bubbles: true }))
  })()`)
}

function picture(name) {
  if (!pictures) return
  mkdirSync(pictures, { recursive: true })
  execFileSync('import', ['-window', 'root', join(pictures, `${name}.png`)])
}

/** Two frames later what was asked for is on the screen. */
async function settled() {
  await page.evaluate(
    'window.__settled = false; requestAnimationFrame(() => requestAnimationFrame(() => (window.__settled = true)))',
  )
  await until('two frames', () => page.evaluate('window.__settled'))
}

test('the window opens on the sign-in with the demo hall', async () => {
  await shown('demo-fill')
  assert.match(
    await page.evaluate('document.body.innerText'),
    /体验模式[\s\S]*登录浙江ETC服务营业厅|登录浙江ETC服务营业厅[\s\S]*体验模式/,
  )
  await click('demo-fill')
  await settled()
  picture('1-sign-in')
})

test('signing in leads to a synced and proven cache', async () => {
  await click('send-code')
  await click('demo-code')
  await click('sign-in')
  await shown('holder-name')
  await click('demo-fill')
  await settled()
  picture('2-verification')
  await click('verify')
  await type('passphrase', passphrase)
  await type('passphrase-again', passphrase)
  await click('keep-passphrase')
  await wait('the sync', () => page.evaluate(`${element('sync-badge')}?.dataset.state === 'synced'`), 120)
})

test('the lists show the bill', async () => {
  const rows = (name) =>
    wait(name, () =>
      page.evaluate(
        `Number(document.querySelector('[data-testid="list-${name}"][data-ready="true"]')?.dataset.rows ?? 0)`,
      ),
    )
  assert.ok((await rows('statistics')) > 50)
  await wait('the cells', () =>
    page.evaluate(
      `document.querySelectorAll('[role=gridcell]').length > 20 && !document.querySelector('[role=gridcell] .skeleton')`,
    ),
  )
  await settled()
  picture('3-statistics')
  await click('tab-lines')
  assert.ok((await rows('lines')) > 1000)
  await wait('the cells', () =>
    page.evaluate(
      `document.querySelectorAll('[role=gridcell]').length > 20 && !document.querySelector('[role=gridcell] .skeleton')`,
    ),
  )
  await settled()
  picture('4-lines')
})

test('an export lands in the folder of exports', async () => {
  for (const format of ['xlsx', 'pdf']) {
    await click('export')
    await click(`export-${format}`)
  }
  await click('export-records')
  await wait(
    'both exports',
    () => page.evaluate(`document.querySelectorAll('[data-testid="export-row"][data-state="done"]').length === 2`),
    60,
  )
  const [account] = await readdir(join(folder, 'documents'))
  const files = await readdir(join(folder, 'documents', account))
  assert.deepEqual(files.map((name) => name.split('.').pop()).sort(), ['pdf', 'xlsx'])
  await settled()
  picture('5-exports')
})

test('the window locks, shows nothing, and opens again', async () => {
  await page.evaluate(`window.dispatchEvent(new KeyboardEvent('keydown', { key: 'l', ctrlKey: true }))`)
  await shown('unlock-passphrase')
  assert.doesNotMatch(await page.evaluate('document.body.innerText'), /样例物流|浙X|元/)
  await type('unlock-passphrase', passphrase)
  await click('unlock')
  await shown('export-row')
})

test('a method that breaks does not take the window with it', async () => {
  await page.evaluate(
    `window.__answer = ''; window.go.app.Bills.Lines({filter: null}, -1, 0).then(() => (window.__answer = 'ok'), (reason) => (window.__answer = String(reason)))`,
  )
  const answer = await wait('an answer', () => page.evaluate('window.__answer'))
  assert.match(answer, /bad_input/)
  assert.equal(program.exitCode, null)
})

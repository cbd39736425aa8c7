// Starts the real program for a story: its Go side with a data folder of its own, driven by a browser through Wails' dev server, and
// halls as processes of their own.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'

const runFile = promisify(execFile)
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const binary = (name) => join(root, 'build', 'bin', name)

/** How long, in seconds, to wait for what usually takes a moment: long, for machines that are busy with other things as well. */
const patience = 60

/** Waits until a condition gives something, and says what it waited for when it never does. */
export async function until(what, condition, seconds = patience) {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const found = await condition()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

let ports = 0
/**
 * A port that nobody takes until somebody is told to listen there: below those that the system hands out by itself, to servers and to every
 * connection, and apart from those of the stories of another process.
 */
export async function freePort() {
  for (;;) {
    const port = 11_000 + ((process.pid * 20 + ports++) % 20_000)
    const server = createServer()
    server.listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

const answers = (url) =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  )

const smallDemo = 'vehicles=1,months=1,seed=1'
const exportsOf = (folder) => `${folder}-exports`

const openBrowser = () =>
  chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell', // starts in a fraction of the time of the whole browser
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/** Opens the program in a browser. env adds to the program's environment. */
export async function openProgram({ env = {}, data, size = { width: 1366, height: 768 }, scheme = 'light' } = {}) {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'tollbook-e2e-')))
  const port = await freePort()
  const program = spawn(binary('tollbook-dev'), {
    env: {
      ...process.env,
      TOLLBOOK_E2E: '1',
      TOLLBOOK_DATA: folder,
      // Away from the keychain and the documents of whoever runs the tests.
      TOLLBOOK_KEYCHAIN: 'off',
      TOLLBOOK_EXPORTS: exportsOf(folder),
      // The demo hall makes its fleet at every first start: a story that signs in elsewhere need not share the processor with a large one.
      TOLLBOOK_DEMO: smallDemo,
      devserver: `127.0.0.1:${port}`,
      NO_AT_BRIDGE: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [program.stdout, program.stderr]) stream.on('data', (text) => (log += text))
  const url = `http://127.0.0.1:${port}/`
  const answered = until(`the program at ${url}:\n${log}`, () => {
    if (program.exitCode !== null) throw new Error(`the program ended:\n${log}`)
    return answers(url)
  })
  // Both take a while to start, and neither needs the other for it.
  const [opened, up] = await Promise.allSettled([openBrowser(), answered])
  if (up.status === 'rejected') await opened.value?.close()
  for (const { reason } of [up, opened]) if (reason) throw reason
  const browser = opened.value
  const page = await browser.newPage({ viewport: size, colorScheme: scheme, reducedMotion: 'reduce' })
  page.setDefaultTimeout(patience * 1000)
  const faults = []
  // Wails' own dev script reads document.body before there is one; it is no part of what ships.
  page.on('pageerror', (error) => error.stack?.includes('/wails/ipc.js') || faults.push(error.stack ?? error.message))
  await page.goto(url)
  return {
    page,
    folder,
    exports: exportsOf(folder),
    faults,
    log: () => log,
    async close({ keepData = false } = {}) {
      await browser.close()
      program.kill('SIGTERM')
      if (program.exitCode === null) await once(program, 'exit')
      if (keepData) return
      for (const each of [folder, exportsOf(folder)]) await rm(each, { recursive: true, force: true })
    },
  }
}

/** What the hall prints of a login, by the names in the contract. */
function clerkOf(line) {
  const value = (name) => line.match(new RegExp(`(?:^| )${name}=(\\S+)`))?.[1] ?? ''
  return {
    kind: value('user-kind'),
    phone: value('phone'),
    name: value('name'),
    document: value('document'),
    plate: value('plate'),
    colour: Number(value('plate-color')),
    nickname: value('nickname'),
    password: value('password'),
  }
}

/** Starts a hall as a process of its own and waits until it listens. In the folder of a hall that ended it goes on with its database. */
export async function openHall(sample, { listen = '127.0.0.1:0', options = [], folder: former } = {}) {
  const folder = former ?? (await mkdtemp(join(tmpdir(), 'tollbook-hall-')))
  const outbox = join(folder, 'sms.jsonl')
  const captchas = join(folder, 'captchas.jsonl')
  const hall = spawn(binary('hall'), [
    'serve',
    '--db',
    `sqlite:${join(folder, 'hall.db')}`,
    '--listen',
    listen,
    '--sample',
    sample,
    '--sms-outbox',
    outbox,
    '--captcha-outbox',
    captchas,
    ...options,
  ])
  let output = ''
  hall.stdout.on('data', (text) => (output += text))
  let log = ''
  hall.stderr.on('data', (text) => (log += text))
  const url = await until(
    'the hall to listen',
    () => {
      if (hall.exitCode !== null) throw new Error('the hall ended')
      return output.match(/listening on (\S+)/)?.[1]
    },
    120,
  )
  const clerks = output
    .split('\n')
    .filter((line) => line.startsWith('sign in:'))
    .map(clerkOf)
  const entries = async (file) =>
    (await readFile(file, 'utf8').catch(() => ''))
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  return {
    url,
    folder,
    clerk: clerks[0],
    /** The login of a nickname, or of a phone that has none. */
    login: (name) => clerks.find((each) => each.nickname === name || (!each.nickname && each.phone === name)),
    log: () => log,
    /** Runs another command of the hall's program on its database. */
    run: (...args) => runFile(binary('hall'), [args[0], '--db', `sqlite:${join(folder, 'hall.db')}`, ...args.slice(1)]),
    messages: () => entries(outbox),
    /** The text of the newest captcha that was drawn. */
    captcha: async () => (await entries(captchas)).at(-1).text,
    /** The newest code that was sent to a phone. */
    code: (phone) =>
      until('a code in the outbox', async () => (await entries(outbox)).findLast((sms) => sms.phone === phone)?.code),
    async stop() {
      if (hall.exitCode !== null) return
      hall.kill('SIGTERM')
      await once(hall, 'exit')
    },
    async close() {
      await this.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

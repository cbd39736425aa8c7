// What an accountant does in 发票服务 (manual 2.7): find a month's invoices, have their originals on this computer, read them with no
// network, print them once, hand one to another program byte for byte, make room again.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { confirm, dialog, escape, login, noFaults, select, shell, startedJob, tripList } from './pages.mjs'
import { openHall, openProgram, until } from './program.mjs'

const sample = 'vehicles=6,months=3,seed=5,until=2026-11-20'

let hall, program, page, id, trips, merged, tools
before(async () => {
  hall = await openHall(sample)
  tools = await systemProgram()
  program = await openProgram({ env: { PATH: `${tools.folder}${delimiter}${process.env.PATH}` } })
  page = program.page
  id = (testId) => page.getByTestId(testId)
  trips = tripList(page, 'tripInvoices')
  merged = tripList(page, 'mergedInvoices')
  await login(page).signInAt(hall)
  await shell(page).synced()
})
after(async () => {
  await program.close()
  await hall.close()
  await rm(tools.folder, { recursive: true, force: true })
})

/** In the place of the system's viewer, which notes which file it was given, and of its printer, which keeps what it is given. */
async function systemProgram() {
  const folder = await mkdtemp(join(tmpdir(), 'tollbook-viewer-'))
  const note = join(folder, 'opened')
  const spool = join(folder, 'spool.pdf')
  const scripts = {
    'xdg-open': `printf '%s' "$1" > '${note}'`,
    lpstat: `case "$1" in -e) echo Office;; -d) echo 'system default destination: Office';; esac`,
    lp: `for last; do :; done; cp "$last" '${spool}'; echo 'request id is Office-1 (1 file(s))'`,
  }
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(folder, name), 0o755)
  }
  return {
    folder,
    opened: () => until('a file to be opened', () => readFile(note, 'utf8').catch(() => '')),
    printed: () => readFile(spool),
  }
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

const fen = (yuan) => Math.round(Number(yuan.replaceAll(',', '')) * 100)
const text = async (testId) => (await id(testId).textContent()).trim()

async function month(list, value) {
  const field = page.getByRole('combobox', { name: '月份' })
  await field.fill(value)
  await field.press('Enter')
  await id('query').click()
  await list.ready()
}

async function drawn(wanted = /./, viewer = 'viewer') {
  return until(`the page ${wanted}`, async () => {
    const now = (await id(viewer).getAttribute('data-drawn')) ?? ''
    return wanted.test(now) && now
  })
}

/** How many dark pixels the page has. */
const ink = (viewer = 'viewer') =>
  id(viewer)
    .locator('canvas')
    .evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      let dark = 0
      for (let i = 0; i < data.length; i += 4) if (data[i] < 100 && data[i + 3] > 0) dark++
      return dark
    })

const state = (kind) => page.locator(`[data-testid="paper"][data-kind="${kind}"]`).getAttribute('data-state')

test("a month's invoices add up, by trip and merged", async () => {
  await shell(page).goTo('已开票查询')
  await trips.ready()
  await month(trips, '2026-09')
  // One vehicle's, which fit on a few pages.
  await trips.query({ plate: (await trips.rows())[0].plate.slice(0, 7) })
  for (const list of [trips, merged]) {
    if (list === merged) {
      await merged.open()
      await month(merged, '2026-09')
    }
    const rows = await list.everyRow()
    assert.ok(rows.length > 2 && rows.length === (await list.count()), `${rows.length} rows`)
    for (const [key, column] of [
      ['sum', 'total'],
      ['tax', 'tax'],
    ]) {
      const sum = rows.reduce((total, row) => total + fen(row[column]), 0)
      assert.equal(fen(await list.figure(key)), sum)
    }
    assert.equal(fen(await list.figure('net')) + fen(await list.figure('tax')), fen(await list.figure('sum')))
    assert.ok(rows.every((row) => row.documents === '未下载'))
  }
  // The merged invoices of September's trips are issued in October.
  assert.ok((await merged.rows()).every((row) => row.issuedAt.startsWith('2026-10')))
  await id('by-issue').click()
  await month(merged, '2026-09')
  assert.ok((await merged.rows()).every((row) => row.issuedAt.startsWith('2026-09')))
  await id('reset').click()
  await merged.ready()
  await month(merged, '2026-09')
})

let sha
test('an original comes from the hall, and is read page by page', async () => {
  await page.locator('[role="gridcell"][data-row="0"][data-key="plate"]').dblclick()
  await id('invoice-detail').waitFor()
  const [total, paid] = [fen((await text('invoice-total')).replace(' 元', '')), fen(await text('invoice-paid'))]
  assert.ok(total > 0 && paid > 0)
  if (total !== paid) await id('invoice-difference').waitFor()
  assert.equal(await text('no-papers'), '尚未下载。')
  await id('paper-download').click()
  await until('the PDF', async () => (await id('paper').count()) === 2 && (await state('pdf')) === 'kept', 60)
  assert.equal(await state('xml'), 'kept')
  sha = await page.locator('[data-testid="paper"][data-kind="pdf"]').getAttribute('data-sha256')
  await id('paper-preview').click()
  await drawn(/^1@/)
  assert.ok((await ink()) > 2000, 'the first page has letters')
  const pages = Number((await text('viewer-page')).split('/')[1])
  assert.ok(pages >= 2, `${pages} pages`)
  await id('viewer').press('ArrowRight')
  await drawn(/^2@/)
  assert.ok((await ink()) > 500, 'the list of trips has letters')
  await id('viewer').press('End')
  await drawn(new RegExp(`^${pages}@`))
  await id('viewer').press('Home')
  const wide = await drawn(/^1@/)
  await id('viewer-larger').click()
  await until('a larger page', async () => (await id('viewer').getAttribute('data-drawn')) !== wide)
  await id('viewer').press('0')
  await until('the whole width', async () => (await id('viewer').getAttribute('data-drawn')) === wide)
  await page.keyboard.press('Escape')
  await id('viewer').waitFor({ state: 'hidden' })
})

test('ticked invoices are downloaded in the background', async () => {
  await escape(page, '发票详情')
  await id('tab-tripInvoices').click()
  await trips.ready()
  for (const row of [0, 1, 2]) await id('tick').nth(row).click()
  assert.match(await text('download'), /下载所选原件（3）/)
  const job = await startedJob(page, () => id('download').click())
  await until('the download', async () => (await job.getAttribute('data-state')) === 'done', 60)
  assert.match(await job.textContent(), /下载完成 · 3 张发票/)
  await until(
    'the rows to say so',
    async () => (await trips.rows()).filter((row) => row.documents === '已下载').length === 3,
  )
})

test('with no hall an original opens, and another program gets it byte for byte', async () => {
  await hall.stop()
  await shell(page).offline()
  await id('row-preview').first().click()
  await drawn(/^1@/)
  assert.ok((await ink()) > 2000)
  await id('viewer-close').click()
  await id('viewer').waitFor({ state: 'hidden' })
  await id('tab-mergedInvoices').click()
  await merged.ready()
  await page.locator('[role="gridcell"][data-row="0"][data-key="plate"]').dblclick()
  await id('invoice-detail').waitFor()
  await page.locator('[data-kind="pdf"] [data-testid="paper-open"]').click()
  const file = fileURLToPath(await tools.opened())
  assert.ok(file.startsWith(program.exports), file)
  assert.equal(sha256(await readFile(file)), sha)
  await escape(page, '发票详情')
  await id('download').click()
  await id('job-waits').waitFor()
  assert.match(await text('job-waits'), /连接不上服务营业厅，恢复后自动继续/)
  await id('job-cancel').click()
  await until('the end', async () => (await id('tray-job').first().getAttribute('data-state')) === 'cancelled')
})

/** Makes a pack, and gives the bytes that the preview was drawn from. */
async function previewed(make) {
  const [answer] = await Promise.all([page.waitForResponse(/\/packs\/\d+\/pdf/), make()])
  await drawn(/^1@/, 'print-view')
  return answer.body()
}

const outcome = (wanted) =>
  until(`the printing to be ${wanted}`, async () => (await id('print-outcome').getAttribute('data-state')) === wanted)

test('with no hall originals are printed as they were shown, and once', async () => {
  await id('tab-tripInvoices').click()
  await trips.ready()
  for (const row of [0, 1, 2]) await id('tick').nth(row).click()
  assert.match(await text('print'), /打印所选（3）/)
  const shown = await previewed(() => page.keyboard.press('Control+p'))
  assert.match(await text('print-facts'), /3 张发票，合计 [\d,.]+ 元，共 \d+ 页/)
  assert.ok((await ink('print-view')) > 300, 'the cover has letters')
  const four = await previewed(() => page.locator('[data-testid="print-per-page-4"]').click())
  assert.notEqual(sha256(four), sha256(shown))
  await id('print-view').press('End')
  await until('the last page', async () => !(await id('print-view').getAttribute('data-drawn')).startsWith('1@'))
  assert.ok((await ink('print-view')) > 300, 'the last sheet has letters')
  assert.match(await text('print-target'), /Office（默认）/)
  await id('print-act').click()
  await outcome('done')
  assert.equal(sha256(await tools.printed()), sha256(four))
  await id('print-close').click()
  const isPrinted = (row) => row.printed === '已打印'
  await until('the marks', async () => (await trips.rows()).filter(isPrinted).length === 3)

  // One of them again, with one that is not here.
  for (const row of [2, 3]) await id('tick').nth(row).click()
  await id('print').click()
  assert.match(await text('print-again'), /2 张发票中，有 1 张已打印过.*重复报销/s)
  await id('print-skip').click()
  await id('print-nothing').waitFor()
  assert.match(await text('print-missing'), /有 1 张的 PDF 不在本机/)
  assert.match(await text('print-left-out'), /1 张没有排入.*原件不在本机/s)
  await escape(page, '打印发票')
  await id('print').click()
  const again = await previewed(() => id('print-all-again').click())
  await select(page, 'print-target', '存为一个 PDF')
  await id('print-act').click()
  await outcome('done')
  const [name] = (await text('print-outcome')).match(/发票打印_[\d-]+_\d+\.pdf/)
  const saved = (await readdir(program.exports, { recursive: true })).find((file) => file.endsWith(name))
  assert.equal(sha256(await readFile(join(program.exports, saved))), sha256(again))
  await escape(page, '打印发票')
  await select(page, 'filter-printed', '已打印')
  await id('query').click()
  await until('the printed ones', async () => (await trips.rows()).length === 3)
  await select(page, 'filter-printed', '打印不限')
  await id('query').click()
  await id('tab-mergedInvoices').click()
  await merged.ready()
})

/** A small PDF with what a story needs in it; offsets are left to the reader, which mends them. */
function pdf(content, resources, catalog = '') {
  const objects = [
    `<</Type/Catalog/Pages 2 0 R${catalog}>>`,
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<<${resources}>>/Contents 4 0 R>>`,
    `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
  ]
  let body = '%PDF-1.4\n'
  const offsets = objects.map((object, i) => {
    const at = body.length
    body += `${i + 1} 0 obj\n${object}\nendobj\n`
    return at
  })
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  return Buffer.from(
    `${body}xref\n0 5\n0000000000 65535 f \n${rows}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n${body.length}\n%%EOF\n`,
    'latin1',
  )
}

const letters = '/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>'
const chinese =
  '/Font<</F1<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0' +
  '/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/FontDescriptor<</Type/FontDescriptor' +
  '/FontName/STSong-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>]>>>>'
const write = (string) => `BT /F1 40 Tf 20 80 Td ${string} Tj ET`

test('odd files are refused in words, and never run', async () => {
  let served = pdf('', letters)
  await page.route('**/documents/*/pdf', (route) => route.fulfill({ body: served, contentType: 'application/pdf' }))
  const alerts = []
  page.on('dialog', (box) => alerts.push(box.message()) && box.dismiss())
  const show = async (bytes) => {
    served = bytes
    await id('row-preview').first().click()
  }
  const close = async () => {
    await id('viewer-close').click()
    await id('viewer').waitFor({ state: 'hidden' })
  }
  const whole = pdf(write('(Tollbook)'), letters)
  await show(whole)
  await drawn(/^1@/)
  assert.ok((await ink()) > 500)
  await close()
  // A font for Chinese that is not in the file: the program's own character maps make it readable.
  await show(pdf(write('<901A884C8D39>'), chinese))
  await drawn(/^1@/)
  assert.ok((await ink()) > 500, 'Chinese letters of a font that is not embedded')
  await close()
  await show(pdf(write('(Tollbook)'), letters, '/OpenAction<</S/JavaScript/JS(app.alert("run"))>>'))
  await drawn(/^1@/)
  await close()
  await show(pdf('', letters))
  await id('viewer-blank').waitFor()
  await close()
  for (const bad of [Buffer.from('not a PDF'), whole.subarray(0, 60), Buffer.alloc(0)]) {
    await show(bad)
    await id('viewer-unreadable').waitFor()
    await close()
  }
  const encrypted = pdf(write('(Tollbook)'), letters)
    .toString('latin1')
    .replace(
      '/Root 1 0 R>>',
      `/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<${'11'.repeat(32)}>/U<${'22'.repeat(32)}>>>>>`,
    )
  await show(Buffer.from(encrypted, 'latin1'))
  await id('viewer-unreadable').waitFor()
  assert.match(await text('viewer-unreadable'), /密码/)
  await close()
  assert.deepEqual(alerts, [])
  await page.unroute('**/documents/*/pdf')
})

test('originals of old invoices make room, and say what is lost', async () => {
  await id('kept').click()
  await until('what is kept', async () => /4 张发票的\s*8\s*个文件/.test(await text('kept-use')))
  const before = page.getByRole('combobox', { name: '在此月份之前开具' })
  await before.fill('2026-12')
  await before.press('Enter')
  await until('what would go', async () => /4 张发票的 8 个文件/.test(await text('old-use')))
  await id('clear-old').click()
  assert.match(await confirm(page, '清理发票原件', '删除'), /不能离线预览和打印.*可重新下载/s)
  await until('the end of it', async () => /已清理 · 8 个文件/.test(await text('job-tray')))
  await until('the row', async () => (await merged.rows())[0].documents === '未下载')
  await id('kept').click()
  await until('nothing', async () => /0\s*张发票/.test(await text('kept-use')))
  await escape(page, '本机发票原件')
})

test('the settings are read here and changed elsewhere', async () => {
  await shell(page).goTo('开票设置查询')
  const settings = tripList(page, 'invoiceSettings')
  await settings.ready()
  const rows = await settings.everyRow()
  assert.ok(rows.length > 5)
  assert.ok(rows.every((row) => ['开启', '关闭'].includes(row.monthly) && row.email.includes('@')))
  await id('row-detail').first().click()
  assert.match(await dialog(page, '开票设置详情').textContent(), /发票抬头.*小程序/s)
  assert.notEqual(await text('setting-title'), '-')
  await escape(page, '开票设置详情')
  noFaults(program)
})

// What every look at a screen has in common: nothing overflows, axe finds nothing, and a picture is left in test-results.
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pictures = join(import.meta.dirname, '..', '..', 'test-results')
await mkdir(pictures, { recursive: true })

export async function look(page, name) {
  await page.screenshot({ path: join(pictures, `${name}.png`) })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  assert.equal(wide, 0, `${name} scrolls sideways`)
  // As the page's policy allows no script of others. It stays until the page is loaded anew.
  if (await page.evaluate(() => !window.axe)) await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ['violations'] })
    return result.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`)
  })
  assert.deepEqual(found, [], `axe on ${name}`)
}

/** Each theme and each size is seen once; LOOKS=all sees every theme at every size. */
export const looks = [
  ['light', 1366, 768],
  ['dark', 1920, 1080],
  ...(process.env.LOOKS === 'all'
    ? [
        ['light', 1920, 1080],
        ['dark', 1366, 768],
      ]
    : []),
]

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

// On WebKitGTK a page that repaints all the time keeps the answers of Go from being delivered (src/styles/base.css).
const source = resolve(import.meta.dirname, '../../src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(vue|css|ts)$/.test(name))
const textOf = (name: string) => readFileSync(join(source, name), 'utf8')

it('has no animation that goes on for ever', () => {
  expect(files.length).toBeGreaterThan(50)
  const endless = files.filter((name) => /animation[^;]*\binfinite\b|\biterations:\s*Infinity/.test(textOf(name)))
  expect(endless).toEqual([])
})

it('has no animated skeletons and no directive that covers a part with a spinner', () => {
  const moving = files.filter((name) => /<el-skeleton[^>]*\banimated\b|\sv-loading\b/.test(textOf(name)))
  expect(moving).toEqual([])
})

it('makes those of Element stand still', () => {
  const base = textOf('styles/base.css')
  expect(base).toContain('animation-iteration-count: 1 !important')
  for (const name of ['is-loading', 'el-progress-bar__inner--indeterminate', 'el-skeleton__item'])
    expect(base).toMatch(new RegExp(`\\.${name}[^{]*\\{\\s*animation: none !important`))
})

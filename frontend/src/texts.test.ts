import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { faultLine, faultText, faultTexts, trailDetail, waitText } from './texts'

/** The codes as Go declares them. */
function codesInGo(): string[] {
  const source = readFileSync(resolve(import.meta.dirname, '../../backend/fault/fault.go'), 'utf8')
  return [...source.matchAll(/^\t\w+\s+Code = "(\w+)"/gm)].map((match) => match[1]!)
}

it('has words for every code of Go, and for no other but the page’s own', () => {
  const codes = codesInGo()
  expect(codes.length).toBeGreaterThan(20)
  expect(Object.keys(faultTexts).sort()).toEqual([...codes, 'timeout'].sort())
})

it('says what happened and what to do, in whole sentences', () => {
  for (const [code, text] of Object.entries(faultTexts)) {
    expect(text.what, code).toMatch(/[\u4e00-\u9fff]{4,}/)
    expect(text.next, code).toMatch(/。$/)
  }
})

it('names the time left when the hall named one', () => {
  expect(faultText({ code: 'locked', retryAfterSeconds: 870 }).next).toBe('请在 14 分 30 秒 后再试。')
  expect(waitText(60)).toBe('1 分钟')
})

it('reads a code it does not know as an internal fault', () => {
  expect(faultLine({ code: 'from_the_future' })).toContain('程序内部出错')
})

it('reads the figures of the hall’s trail', () => {
  expect(trailDetail('3 of 5 vehicles')).toBe('5 辆车中的 3 辆')
  expect(trailDetail('100.00 yuan to the account')).toBe('100.00 元，充值到用户账户')
  expect(trailDetail('100.00 yuan to card 2201*****0001')).toBe('100.00 元，充值到通行卡 2201*****0001')
  expect(trailDetail('5000.01 yuan to 500 cards')).toBe('5000.01 元，500 张通行卡')
  expect(trailDetail('sms')).toBe('短信验证码')
  expect(trailDetail('from the future')).toBe('from the future')
})

import { describe, expect, it } from 'vitest'
import { creditCheckChar, documentFault, identityCheckDigit } from './documents'

describe('身份证', () => {
  // The example of GB 11643 itself.
  it('accepts the example of the standard', () => expect(documentFault('0', '11010519491231002X')).toBe(''))

  it('forgives blanks and a small x', () => expect(documentFault('0', '110105 19491231 002x')).toBe(''))

  it('finds every single wrong digit', () => {
    const good = '11010519491231002X'
    for (let place = 0; place < 17; place++) {
      const wrong = String((Number(good[place]) + 1) % 10)
      expect(documentFault('0', good.slice(0, place) + wrong + good.slice(place + 1))).toContain('校验位')
    }
  })

  it('finds a birth that is no day, though the check digit fits', () => {
    const number = '11010519491331002' // the 13th month
    expect(documentFault('0', number + identityCheckDigit(number))).toContain('出生日期')
  })

  it('says what a number should look like', () => expect(documentFault('0', '1101')).toContain('18位'))

  it('makes the digit it checks', () => expect(identityCheckDigit('11010519491231002')).toBe('X'))
})

describe('统一社会信用代码', () => {
  // The example that GB 32100 works through.
  it('accepts a code whose check character fits', () => expect(documentFault('102', '91350100M000100Y43')).toBe(''))

  it('refuses letters the standard leaves out', () =>
    expect(documentFault('102', '91350100O000100Y43')).toContain('不含'))

  it('refuses two characters exchanged', () => expect(documentFault('102', '91530100M000100Y43')).toContain('校验位'))

  it('makes the character it checks', () => expect(creditCheckChar('91350100M000100Y4')).toBe('3'))
})

it('leaves other documents to the hall, but not empty ones', () => {
  expect(documentFault('2', 'G00000000')).toBe('')
  expect(documentFault('2', '  ')).toBe('请输入证件号码')
})

import { expect, it } from 'vitest'
import { plateColour, plateNumber } from './plates'

it('takes a plate apart', () => {
  expect(plateNumber('浙Z12345【渐变绿】')).toBe('浙Z12345')
  expect(plateColour('浙Z12345【渐变绿】')).toBe('green')
  expect(plateColour('浙Z12345【未知颜色8】')).toBe('none')
  expect(plateColour('浙Z12345')).toBe('none')
})

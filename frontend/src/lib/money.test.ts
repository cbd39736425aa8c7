import { describe, expect, it } from 'vitest'
import { formatBytes, formatCount, formatFen } from './money'

describe('formatFen', () => {
  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [100, '1.00'],
    [6460, '64.60'],
    [2559973, '25,599.73'],
    [7538559, '75,385.59'],
    [100000000, '1,000,000.00'],
    [-2090, '-20.90'],
    [-5, '-0.05'],
    [Number.MAX_SAFE_INTEGER, '90,071,992,547,409.91'],
  ])('writes %i fen as %s', (fen, text) => expect(formatFen(fen)).toBe(text))

  it('shows a dash rather than a wrong amount', () => {
    expect(formatFen(2 ** 53)).toBe('—')
    expect(formatFen(0.5)).toBe('—')
  })
})

it('groups counts', () => {
  expect([999, 1000, 1234567].map(formatCount)).toEqual(['999', '1,000', '1,234,567'])
})

it('never rounds a file up', () => {
  expect([512, 1023, 1024, 1992294].map(formatBytes)).toEqual(['512 B', '1023 B', '1 KB', '1.8 MB'])
})

import { expect, it } from 'vitest'
import { newPasswordFaults } from './passwords'

it('asks for eight characters, counted as people count', () => {
  expect(newPasswordFaults('', '', '新密码').fresh).toBe('请输入新密码')
  expect(newPasswordFaults('一路平安啦啦', '', '新密码').fresh).toContain('至少8个')
  expect(newPasswordFaults('𠮷𠮷𠮷𠮷一路平', '', '新密码').fresh).toContain('至少8个')
  expect(newPasswordFaults('一路平安一路顺风', '一路平安一路顺风', '新密码')).toEqual({ fresh: '', again: '' })
})

it('refuses one character repeated, and a repetition that differs', () => {
  expect(newPasswordFaults('88888888', '88888888', '口令').fresh).toContain('同一个字符')
  expect(newPasswordFaults('一路平安2024', '一路平安2025', '口令').again).toBe('两次输入不一致')
})

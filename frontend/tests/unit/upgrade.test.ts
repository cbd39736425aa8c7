import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import OpenedShell from '@/components/OpenedShell.vue'
import { bind, refusal } from './binding'

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
})
afterEach(() => vi.useRealTimers())

const state = (change: object) => ({ open: false, step: 0, steps: 0, done: 0, total: 0, ...change })

/** A shell over a cache that answers with these states, one after the other. */
function opening(...states: object[]) {
  const { calls } = bind({ 'Session.OpenCache': null, 'Settings.Load': JSON.stringify({ theme: 'dark' }) })
  states.forEach((each) => calls['Session.OpenCache']!.mockResolvedValueOnce(state(each)))
  const shell = mount(OpenedShell, {
    global: { stubs: { AppShell: { template: '<p>pages</p>' }, ElProgress: true } },
  })
  return { shell, settings: calls['Settings.Load']! }
}

describe('an account’s cache', () => {
  it('shows the pages at once when it is open', async () => {
    const { shell, settings } = opening({ open: true })
    expect(shell.text()).toBe('')
    await flushPromises()
    expect(shell.text()).toBe('pages')
    expect(settings).not.toHaveBeenCalled()
  })

  it('tells its steps and rows while it is brought up to date, and then shows the pages as they were kept', async () => {
    const { shell, settings } = opening(
      {},
      { step: 3, steps: 12 },
      { step: 4, steps: 12, done: 120_000, total: 1_000_000 },
      { open: true },
    )
    const counts = () => shell.get('[data-testid="cache-upgrade-counts"]').text()
    await flushPromises()
    expect(counts()).toBe('正在打开…')
    await vi.advanceTimersByTimeAsync(200)
    expect(counts()).toBe('第 3 步，共 12 步')
    await vi.advanceTimersByTimeAsync(200)
    expect(counts()).toBe('第 4 步，共 12 步 · 120,000 / 1,000,000 行')
    expect(shell.get('el-progress-stub').attributes('percentage')).toBe('26')
    expect(settings).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(200)
    expect(settings).toHaveBeenCalled()
    expect(shell.text()).toBe('pages')
  })

  it('leaves the reason to the pages when it cannot be opened', async () => {
    bind({ 'Session.OpenCache': null }).calls['Session.OpenCache']!.mockImplementation(() => refusal('cache_newer'))
    const shell = mount(OpenedShell, { global: { stubs: { AppShell: { template: '<p>pages</p>' } } } })
    await flushPromises()
    expect(shell.text()).toBe('pages')
  })
})

import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import SecurityDialog from '@/components/SecurityDialog.vue'
import { useIdleLock } from '@/components/useIdleLock'
import LockPage from '@/pages/lock/LockPage.vue'
import { useLockStore } from '@/stores/lock'
import { bind, lockState } from './binding'

const minute = 60_000
const reload = vi.fn()

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  reload.mockReset()
  vi.spyOn(window.location, 'reload').mockImplementation(reload)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  document.body.replaceChildren()
})

/** Flushes what waits for promises alone: the clock stands still. */
const settle = () => vi.advanceTimersByTimeAsync(0)

describe('the idle lock', () => {
  async function watching(change: Parameters<typeof lockState>[0]) {
    const { calls } = bind({ 'Lock.State': lockState(change), 'Lock.Now': lockState({ ...change, locked: true }) })
    await useLockStore().load()
    const user = mount(
      defineComponent({
        setup() {
          useIdleLock()
          return () => h('div')
        },
      }),
    )
    return { now: calls['Lock.Now']!, user }
  }

  it('comes after the chosen minutes without a sign of the user', async () => {
    const { now, user } = await watching({ passphraseSet: true, idleMinutes: 3 })
    await vi.advanceTimersByTimeAsync(2.9 * minute)
    for (const sign of ['keydown', 'pointermove', 'wheel', 'touchstart']) {
      window.dispatchEvent(new Event(sign))
      await vi.advanceTimersByTimeAsync(2.9 * minute)
      expect(now, sign).not.toHaveBeenCalled()
    }
    await vi.advanceTimersByTimeAsync(0.2 * minute)
    expect(now).toHaveBeenCalledTimes(1)
    expect(reload).toHaveBeenCalledTimes(1)
    user.unmount()
  })

  it.each([
    { passphraseSet: true, idleMinutes: 0 },
    { passphraseSet: false, idleMinutes: 3 },
  ])('never comes with %o', async (change) => {
    const { now, user } = await watching(change)
    await vi.advanceTimersByTimeAsync(300 * minute)
    expect(now).not.toHaveBeenCalled()
    user.unmount()
  })
})

describe('the lock page', () => {
  async function locked(change: Parameters<typeof lockState>[0] = {}) {
    const state = lockState({ locked: true, passphraseSet: true, ...change })
    const { calls } = bind({ 'Lock.State': state, 'Lock.Unlock': lockState(), 'Lock.Forgotten': lockState() })
    await useLockStore().load()
    const page = mount(LockPage, { attachTo: document.body })
    await settle()
    const answer = async (typed: string) => {
      await page.find('[data-testid="unlock-passphrase"]').setValue(typed)
      await page.find('form').trigger('submit')
      await settle()
    }
    return { calls, page, answer, button: () => page.find<HTMLButtonElement>('button[data-testid="unlock"]') }
  }

  it('waits for the passphrase with the cursor in its field, and opens', async () => {
    const { calls, page, answer } = await locked()
    expect(document.activeElement?.getAttribute('data-testid')).toBe('unlock-passphrase')
    await answer('')
    expect(calls['Lock.Unlock']).not.toHaveBeenCalled()
    await answer('一路平安 2024')
    expect(calls['Lock.Unlock']).toHaveBeenCalledWith('一路平安 2024')
    expect(reload).toHaveBeenCalledTimes(1)
    page.unmount()
  })

  it('forgets a wrong passphrase, and counts the wait down that Go names', async () => {
    const { calls, page, answer, button } = await locked()
    calls['Lock.Unlock']!.mockImplementationOnce(() =>
      Promise.reject(JSON.stringify({ code: 'locked', message: '', retryAfterSeconds: 30 })),
    )
    await answer('wrong')
    expect(page.find<HTMLInputElement>('[data-testid="unlock-passphrase"]').element.value).toBe('')
    expect(page.find('[data-testid="unlock-wait"]').text()).toContain('30 秒')
    expect(button().element.disabled).toBe(true)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(page.find('[data-testid="unlock-wait"]').text()).toContain('20 秒')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(button().element.disabled).toBe(false)
    expect(reload).not.toHaveBeenCalled()
    page.unmount()
  })

  it('goes on with a wait that began before', async () => {
    const { page, button } = await locked({ retryAfterSeconds: 90 })
    expect(page.find('[data-testid="unlock-wait"]').text()).toContain('1 分 30 秒')
    expect(button().element.disabled).toBe(true)
    page.unmount()
  })

  it.each([
    [false, /删除本机的账单缓存/],
    [true, /本机数据保留/],
  ])('says what a forgotten passphrase costs, with a keychain: %s', async (keychain, words) => {
    const { calls, page } = await locked({ keychain })
    await page.find('[data-testid="forgot-passphrase"]').trigger('click')
    await settle()
    expect(document.body.textContent).toMatch(words)
    expect(calls['Lock.Forgotten']).not.toHaveBeenCalled()
    document.querySelector<HTMLElement>('[data-testid="confirm-forgotten"]')!.click()
    await settle()
    expect(calls['Lock.Forgotten']).toHaveBeenCalledTimes(1)
    page.unmount()
  })
})

describe('安全设置', () => {
  it.each([
    [{ passphraseSet: false, keychain: true }, false],
    [{ passphraseSet: true, keychain: false }, false],
    [{ passphraseSet: true, keychain: true }, true],
  ])('with %o offers to do without a passphrase: %s', async (change, offered) => {
    vi.useRealTimers()
    bind({ 'Lock.State': lockState(change) })
    const dialog = mount(SecurityDialog, { props: { modelValue: false }, attachTo: document.body })
    await dialog.setProps({ modelValue: true })
    await flushPromises()
    expect(document.querySelector('[data-testid="keep-passphrase"]')).not.toBeNull()
    expect(document.querySelector('[data-testid="remove-passphrase"]') !== null).toBe(offered)
    expect(document.querySelector('[data-testid="old-passphrase"]') !== null).toBe(change.passphraseSet)
    dialog.unmount()
  })
})

import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import LoginPage from '@/pages/login/LoginPage.vue'
import { useLockStore } from '@/stores/lock'
import { useSessionStore } from '@/stores/session'
import { account, authState, bind, hallChoice, lockState, refusal, syncStatus } from './binding'

beforeEach(() => setActivePinia(createPinia()))

let drawn = 0

/** The login page of a hall, with what the hall would answer. */
async function atLogin(change: Parameters<typeof authState>[0] = { stage: 'signedOut', accounts: [] }) {
  const binding = bind({
    'Session.State': authState(change),
    'Session.Hall': hallChoice(),
    'Session.Captcha': null,
    'Session.SignInByNickname': authState({ stage: 'bindingCheckNeeded' }),
    'Session.RequestBindingCode': { resendAfterSeconds: 60, validSeconds: 300 },
    'Session.ConfirmBinding': authState({ stage: 'accountNeeded' }),
    'Session.ChooseAccount': authState({ stage: 'passphraseNeeded' }),
    'Session.RecoverPhone': { phoneMasked: '100****0009' },
    'Session.RecoveredNickname': { nickname: '手册个人', cards: null },
    'Session.RequestPasswordReset': { resendAfterSeconds: 60, validSeconds: 300 },
    'Session.SignOut': authState({ stage: 'signedOut' }),
    'Lock.State': lockState(),
    'Lock.SetPassphrase': lockState({ passphraseSet: true }),
    'Settings.Load': '',
    'Sync.Start': syncStatus({ phase: 'fetching' }),
  })
  binding.calls['Session.Captcha']!.mockImplementation(() =>
    Promise.resolve({ id: `captcha-${++drawn}`, image: 'data:image/png;base64,AA==', validSeconds: 300 }),
  )
  await useLockStore().load()
  await useSessionStore().open()
  const routes = ['', 'login', 'statistics'].map((name) => ({ path: `/${name}`, name: name || 'start', component: {} }))
  const router = createRouter({ history: createMemoryHistory(), routes })
  const page = mount(LoginPage, { global: { plugins: [router] }, attachTo: document.body })
  await flushPromises()
  const field = (name: string) => page.find<HTMLInputElement>(`input[data-testid="${name}"]`)
  return {
    calls: binding.calls,
    page,
    field,
    fill: (name: string, value: string) => field(name).setValue(value),
    text: (name: string) => page.find(`[data-testid="${name}"]`).text(),
    async click(name: string) {
      await page.find(`button[data-testid="${name}"]`).trigger('click')
      await flushPromises()
    },
    async submit() {
      await page.find('form').trigger('submit')
      await flushPromises()
    },
  }
}

const focused = () => document.activeElement?.getAttribute('data-testid')

describe('昵称登录', () => {
  it('goes through the fetched binding and the local passphrase into the hall', async () => {
    const { calls, page, fill, text, click, submit } = await atLogin()
    await click('tab-nickname')
    await fill('nickname', '手册样例')
    await fill('password', 'sample')
    await fill('captcha', 'abcd')
    await submit()
    expect(calls['Session.SignInByNickname']).toHaveBeenCalledWith(
      'unit',
      '手册样例',
      'sample',
      `captcha-${drawn}`,
      'abcd',
    )
    expect(text('fetched-accounts')).toBe(account.name + account.phoneMasked)
    await click('send-binding-code')
    await fill('binding-code', '123456')
    await submit()
    expect(calls['Session.ConfirmBinding']).toHaveBeenCalledWith('123456')

    expect(page.find('[aria-current="step"]').text()).toContain('本机口令')
    await fill('passphrase', '一路平安')
    await fill('passphrase-again', '一路平安')
    await submit()
    expect(text('passphrase-fault')).toBe('本机口令至少8个字符')
    expect(calls['Lock.SetPassphrase']).not.toHaveBeenCalled()
    await fill('passphrase', '一路平安 2024')
    await fill('passphrase-again', '一路平安 2024')
    calls['Session.State']!.mockResolvedValue(authState())
    await submit()
    expect(calls['Lock.SetPassphrase']).toHaveBeenCalledWith('', '一路平安 2024')
    expect(useSessionStore().isSignedIn).toBe(true)
    page.unmount()
  })

  it('leads the keyboard to the first field, and to the first fault', async () => {
    const { calls, page, fill, click, submit } = await atLogin()
    expect(focused()).toBe('phone')
    await click('tab-nickname')
    expect(focused()).toBe('nickname')
    await fill('nickname', '手册样例')
    await submit()
    expect(focused()).toBe('password')
    expect(calls['Session.SignInByNickname']).not.toHaveBeenCalled()
    page.unmount()
  })

  it('draws a new picture after every refusal and on demand', async () => {
    const { calls, page, field, fill, text, click, submit } = await atLogin()
    await click('tab-nickname')
    const picture = () => page.find('[data-testid="captcha-picture"]').attributes('data-captcha')
    const first = picture()
    await fill('nickname', '手册样例')
    await fill('password', 'wrong')
    await fill('captcha', 'abcd')
    calls['Session.SignInByNickname']!.mockImplementationOnce(() => refusal('password_rejected'))
    await submit()
    expect(text('login-fault')).toContain('昵称或密码不正确')
    expect(field('captcha').element.value).toBe('')
    const second = picture()
    expect(second).not.toBe(first)
    await click('captcha-picture')
    expect(picture()).not.toBe(second)
    expect(focused()).toBe('captcha')
    page.unmount()
  })

  it('shows the password only while asked to, and forgets it on leaving', async () => {
    const { page, field, fill, click } = await atLogin()
    await click('tab-nickname')
    await fill('nickname', '手册样例')
    await fill('password', 'sample')
    expect(field('password').element.type).toBe('password')
    await click('password-eye')
    expect(field('password').element.type).toBe('text')
    await click('recover-nickname')
    await click('recovery-back')
    expect(field('nickname').element.value).toBe('手册样例')
    expect(field('password').element.value).toBe('')
    page.unmount()
  })
})

describe('recoveries', () => {
  const document = '91350100M000100Y43'

  it('keep what was typed from one to the other', async () => {
    const { page, field, fill, click } = await atLogin()
    await click('forgot-phone')
    await fill('recovery-plate', '浙Z10001')
    await fill('holder-name', '浙江样例物流有限公司')
    await fill('document-number', document)
    await click('recovery-back')
    await click('change-phone')
    expect(field('recovery-plate').element.value).toBe('浙Z10001')
    expect(field('document-number').element.value).toBe(document)
    page.unmount()
  })

  it('send no document whose check character is wrong', async () => {
    const { calls, page, fill, text, click, submit } = await atLogin()
    await click('forgot-phone')
    await fill('recovery-plate', '浙Z10001')
    await fill('holder-name', '浙江样例物流有限公司')
    await fill('document-number', '91350100M000100Y44')
    await fill('captcha', 'abcd')
    await submit()
    expect(text('document-fault')).toContain('校验位')
    expect(calls['Session.RecoverPhone']).not.toHaveBeenCalled()

    await fill('document-number', document.toLowerCase())
    await submit()
    expect(calls['Session.RecoverPhone']).toHaveBeenCalledWith({
      userKind: 'unit',
      plateNumber: '浙Z10001',
      plateColor: 1,
      name: '浙江样例物流有限公司',
      documentType: '102',
      documentNumber: document,
      captchaId: `captcha-${drawn}`,
      captcha: 'abcd',
    })
    expect(text('recovered-phone')).toBe('100****0009')
    page.unmount()
  })

  it('fill in the nickname that was found', async () => {
    const { calls, page, field, fill, text, click, submit } = await atLogin()
    await click('tab-nickname')
    await click('recover-nickname')
    await submit()
    expect(focused()).toBe('recovery-plate')
    await fill('recovery-plate', '浙Z10029')
    await fill('recovery-phone', '10000000029')
    await fill('recovery-code', '123456')
    await submit()
    expect(calls['Session.RecoveredNickname']).toHaveBeenCalledWith('10000000029', '123456')
    expect(text('recovered-cards')).toBe('没有已发行的通行卡')
    await click('go-sign-in')
    expect(field('nickname').element.value).toBe('手册个人')
    page.unmount()
  })

  it('ask for a new password twice, in the words of the kind of user', async () => {
    const { calls, page, fill, text, click, submit } = await atLogin()
    await click('tab-nickname')
    await click('forgot-password')
    expect(text('reset-password-form')).toMatch(/注册昵称.*用户类型.*用户名.*证件类型.*证件号码.*新密码.*确认密码/s)
    await fill('reset-nickname', '手册样例')
    await fill('holder-name', '浙江样例物流有限公司')
    await fill('document-number', document)
    await fill('new-password', '风雨无阻-2024')
    await fill('new-password-again', '风雨无阻-2025')
    await fill('captcha', 'abcd')
    await click('send-reset-code')
    expect(calls['Session.RequestPasswordReset']).toHaveBeenCalledTimes(1)
    await fill('reset-code', '123456')
    await submit()
    expect(text('new-password-again-fault')).toBe('两次输入不一致')
    page.unmount()
  })
})

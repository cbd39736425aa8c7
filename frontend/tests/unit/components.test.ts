import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { Component } from 'vue'
import JobTray from '@/components/JobTray.vue'
import SyncBadge from '@/components/SyncBadge.vue'
import LoginPage from '@/pages/login/LoginPage.vue'
import { useJobsStore } from '@/stores/jobs'
import { useSessionStore } from '@/stores/session'
import { useSyncStore } from '@/stores/sync'
import { account, authState, bind, hallChoice, job, refusal, syncStatus } from './binding'

beforeEach(() => setActivePinia(createPinia()))

/** The pages' names, without the pages: only where a component leads matters here. */
function show(component: Component) {
  const routes = ['', 'login', 'statistics', 'lines', 'exports'].map((name) => ({
    path: `/${name}`,
    name: name || 'start',
    component: {},
  }))
  const router = createRouter({ history: createMemoryHistory(), routes })
  return mount(component, { global: { plugins: [router] }, attachTo: document.body })
}

const field = (page: ReturnType<typeof show>, name: string) => page.find(`input[data-testid="${name}"]`)
const button = (page: ReturnType<typeof show>, name: string) => page.find(`button[data-testid="${name}"]`)

describe('login', () => {
  async function atLogin(change: Parameters<typeof authState>[0] = { stage: 'signedOut', accounts: [] }) {
    const binding = bind({
      'Session.State': authState(change),
      'Session.Hall': hallChoice(),
      'Session.RequestCode': { resendAfterSeconds: 60, validSeconds: 300 },
      'Session.SignIn': authState({ stage: 'verificationNeeded', accounts: [] }),
      'Session.Verify': authState({ stage: 'accountNeeded' }),
      'Session.ChooseAccount': authState(),
      'Session.SignOut': authState({ stage: 'signedOut' }),
      'Settings.Load': '',
      'Sync.Start': syncStatus({ phase: 'fetching' }),
    })
    await useSessionStore().open()
    const page = show(LoginPage)
    await flushPromises()
    return { binding, page }
  }

  it('goes from code through document and account into the hall', async () => {
    const { binding, page } = await atLogin()
    await field(page, 'phone').setValue('10000000001')
    await button(page, 'send-code').trigger('click')
    await flushPromises()
    expect(binding.calls['Session.RequestCode']).toHaveBeenCalledWith('unit', '10000000001')
    expect(button(page, 'send-code').text()).toContain('60 秒')

    await field(page, 'code').setValue('123456')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(page.find('[aria-current="step"]').text()).toContain('信息校验')

    await field(page, 'holder-name').setValue(' 浙江样例物流有限公司 ')
    await field(page, 'document-number').setValue('91350100m000100y43')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(binding.calls['Session.Verify']).toHaveBeenCalledWith('浙江样例物流有限公司', '102', '91350100M000100Y43')
    // One account: nothing to choose.
    expect(binding.calls['Session.ChooseAccount']).toHaveBeenCalledWith('a')
    await vi.waitFor(() => expect(binding.calls['Sync.Start']).toHaveBeenCalled())
    page.unmount()
  })

  it('asks the hall nothing that it can refuse itself', async () => {
    const { binding, page } = await atLogin()
    await field(page, 'phone').setValue('12345')
    await page.find('form').trigger('submit')
    expect(page.find('[data-testid="phone-fault"]').text()).toContain('11位')
    expect(page.find('[data-testid="code-fault"]').text()).toBe('请输入短信验证码')
    expect(binding.calls['Session.SignIn']).not.toHaveBeenCalled()
    page.unmount()
  })

  it('shows a wrong code at its field, and a lock with the time that is left', async () => {
    const { binding, page } = await atLogin()
    await field(page, 'phone').setValue('10000000001')
    await field(page, 'code').setValue('000000')
    binding.calls['Session.SignIn']!.mockImplementationOnce(() => refusal('code_rejected'))
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(page.find('[data-testid="code-fault"]').text()).toContain('验证码不正确')

    await field(page, 'code').setValue('000001')
    binding.calls['Session.SignIn']!.mockImplementationOnce(() => refusal('locked', 'locked for 14m30s'))
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(page.find('[data-testid="login-fault"]').text()).toContain('14 分 30 秒')
    expect(button(page, 'sign-in').attributes()).toHaveProperty('disabled')
    page.unmount()
  })

  it('lets choose among several accounts, and go back to bind another', async () => {
    const accounts = [account, { ...account, id: 'b', name: '浙江样例冷链有限公司' }]
    const { binding, page } = await atLogin({ stage: 'accountNeeded', accounts })
    expect(page.findAll('[data-testid="accounts"] li')).toHaveLength(2)
    expect(binding.calls['Session.ChooseAccount']).not.toHaveBeenCalled()
    await button(page, 'login-back').trigger('click')
    expect(page.find('[aria-current="step"]').text()).toContain('信息校验')
    page.unmount()
  })

  it('has the words of either kind of user', async () => {
    const { page } = await atLogin()
    expect(field(page, 'phone').attributes('placeholder')).toBe('请输入ETC办理时预留的经办人手机号')
    await button(page, 'switch-kind').trigger('click')
    expect(field(page, 'phone').attributes('placeholder')).toBe('请输入ETC办理时预留的个人手机号')
    page.unmount()
  })
})

describe('sync badge', () => {
  it.each([
    [{ minutesAgo: 3 }, '已同步 · 3 分钟前', undefined],
    [{ phase: 'fetching', done: 42, total: 100 }, '同步中 42%', '取消'],
    [{ errorCode: 'hall_unreachable' }, '离线 · 数据截至 11-22 20:10', '重试'],
    [{ errorCode: 'feed_refused' }, '同步失败', '重试'],
    [{ errorCode: 'sign_in_needed' }, '登录过期', '重新登录'],
    [{ lastSyncedAt: '' }, '尚未同步', undefined],
  ])('of %o says %s', async (change, label, action) => {
    bind({ 'Sync.Status': syncStatus(change) })
    const sync = useSyncStore()
    await sync.connect()
    const badge = show(SyncBadge)
    expect(badge.find('[data-testid="sync-label"]').text()).toBe(label)
    expect(badge.find('[data-testid="sync-action"]').exists() ? button(badge, 'sync-action').text() : undefined).toBe(
      action,
    )
    sync.disconnect()
    badge.unmount()
  })
})

describe('job tray', () => {
  it('follows an export from progress to its file', async () => {
    const binding = bind({ 'Exports.List': { rows: null, total: 0 }, 'Exports.Open': null, 'Exports.OpenFolder': null })
    const jobs = useJobsStore()
    await jobs.connect()
    const tray = show(JobTray)
    expect(tray.find('[data-testid="job-tray"]').exists()).toBe(false)

    binding.emit('job', job({ done: 400 }))
    await flushPromises()
    expect(tray.text()).toContain('400 / 1,000 行')
    expect(tray.text()).toContain('40%')

    binding.emit('job', job({ state: 'done', done: 1000 }))
    await flushPromises()
    expect(tray.text()).toContain('导出成功 · 1,000 行')
    await button(tray, 'job-open').trigger('click')
    expect(binding.calls['Exports.Open']).toHaveBeenCalledWith(1)
    tray.unmount()
  })

  it('says why an export failed and what to do', async () => {
    bind({})
    const tray = show(JobTray)
    useJobsStore().adopt(job({ state: 'failed', errorCode: 'disk_full' }))
    await flushPromises()
    expect(tray.text()).toContain('磁盘空间不足')
    expect(tray.text()).toContain('请清理磁盘空间后重试')
    tray.unmount()
  })
})

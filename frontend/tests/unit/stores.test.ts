import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { useJobsStore } from '@/stores/jobs'
import { usePreferencesStore } from '@/stores/preferences'
import { useSessionStore } from '@/stores/session'
import { useSyncStore } from '@/stores/sync'
import { authState, bind, hallChoice, job, refusal, syncStatus } from './binding'

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
})
afterEach(() => vi.useRealTimers())

describe('session', () => {
  it('reads lists that Go left out as empty', async () => {
    bind({ 'Session.State': { ...authState(), accounts: null }, 'Session.Hall': { ...hallChoice(), signIns: null } })
    const session = useSessionStore()
    await session.open()
    expect([session.state?.accounts, session.hall?.signIns, session.isSignedIn]).toEqual([[], [], true])
  })

  it('keeps why it could not open', async () => {
    const { calls } = bind({ 'Session.State': null, 'Session.Hall': hallChoice() })
    calls['Session.State']!.mockImplementation(() => refusal('cache_newer'))
    const session = useSessionStore()
    await session.open()
    expect(session.openFault?.code).toBe('cache_newer')
  })
})

describe('sync', () => {
  async function connected(change = {}) {
    const binding = bind({
      'Sync.Status': syncStatus(change),
      'Sync.Start': syncStatus(),
      'Session.State': authState(),
    })
    const sync = useSyncStore()
    await sync.connect()
    return { binding, sync }
  }

  it.each([
    [{}, 'synced'],
    [{ phase: 'fetching' }, 'running'],
    [{ lastSyncedAt: '' }, 'never'],
    [{ errorCode: 'hall_unreachable' }, 'offline'],
    [{ errorCode: 'hall_unreachable', lastSyncedAt: '' }, 'failed'],
    [{ errorCode: 'feed_refused' }, 'failed'],
    [{ errorCode: 'sign_in_needed' }, 'expired'],
    [{ errorCode: 'cancelled' }, 'synced'],
  ])('says of %o: %s', async (change, badge) => {
    const { sync } = await connected(change)
    expect(sync.badge).toBe(badge)
  })

  it('never claims 100% before the end', async () => {
    const { sync } = await connected({ phase: 'proving', done: 1000, total: 1000 })
    expect(sync.percent).toBe(99)
  })

  it('subscribes once, and leaves nothing behind', async () => {
    const { binding, sync } = await connected()
    await sync.connect()
    expect(binding.listeners('sync')).toBe(1)
    sync.disconnect()
    expect(binding.listeners('sync')).toBe(0)
  })

  it('puts right by asking what no event told', async () => {
    const { binding, sync } = await connected()
    binding.emit('sync', syncStatus({ phase: 'fetching', done: 5, total: 10 }))
    expect(sync.isRunning).toBe(true)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(sync.isRunning).toBe(false)
  })

  it('keeps to the later of two words, whichever comes first', async () => {
    const { binding, sync } = await connected()
    // The sync has failed before the answer to its start is there, which still tells of the last one.
    binding.calls['Sync.Start']!.mockImplementation(async () => {
      binding.emit('sync', syncStatus({ step: 3, errorCode: 'hall_unreachable' }))
      return syncStatus({ step: 1 })
    })
    await sync.start()
    expect(sync.badge).toBe('offline')
    binding.emit('sync', syncStatus({ step: 2, phase: 'fetching' }))
    expect(sync.badge).toBe('offline')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(binding.calls['Sync.Status']).toHaveBeenCalledTimes(2)
  })

  it('looks whether the session ended when a sync ends', async () => {
    const { binding, sync } = await connected({ phase: 'fetching' })
    binding.calls['Session.State']!.mockResolvedValue(authState({ expired: true }))
    binding.emit('sync', syncStatus())
    await vi.advanceTimersByTimeAsync(0)
    expect(sync.badge).toBe('expired')
  })

  it('shows a start that was refused', async () => {
    const { binding, sync } = await connected()
    binding.calls['Sync.Start']!.mockImplementation(() => refusal('cache_busy'))
    await sync.start()
    expect([sync.badge, sync.errorCode]).toEqual(['failed', 'cache_busy'])
  })
})

describe('jobs', () => {
  it('takes states in any order', () => {
    bind({})
    const jobs = useJobsStore()
    jobs.adopt(job({ done: 600 }))
    jobs.adopt(job({ done: 200 }))
    expect(jobs.jobs[0]!.done).toBe(600)
    jobs.adopt(job({ state: 'done', done: 1000 }))
    jobs.adopt(job({ done: 900 }))
    expect(jobs.jobs.map((entry) => entry.state)).toEqual(['done'])
  })

  it('finds exports that were running before, and no old ones', async () => {
    bind({ 'Exports.List': { rows: [job({ id: 2 }), job({ id: 1, state: 'done' })], total: 2 } })
    const jobs = useJobsStore()
    await jobs.connect()
    expect(jobs.jobs.map((entry) => entry.id)).toEqual([2])
  })

  it('does not dismiss what still runs', () => {
    const jobs = useJobsStore()
    jobs.adopt(job())
    jobs.dismiss(1)
    expect(jobs.jobs).toHaveLength(1)
  })
})

describe('preferences', () => {
  it('reads what it kept, and mistrusts what it did not', async () => {
    bind({ 'Settings.Load': '{"theme":"purple","pageSize":7,"listMode":"scroll"}', 'Settings.Save': null })
    const preferences = usePreferencesStore()
    await preferences.load()
    expect(preferences.values).toEqual({ theme: 'system', navFolded: false, listMode: 'scroll', pageSize: 10 })
  })

  it('keeps a change, but not what it has just read', async () => {
    const { calls } = bind({ 'Settings.Load': '{"theme":"dark"}', 'Settings.Save': null })
    const preferences = usePreferencesStore()
    await preferences.load()
    expect(calls['Settings.Save']).not.toHaveBeenCalled()
    preferences.values.pageSize = 50
    await nextTick()
    expect(calls['Settings.Save']!.mock.calls.map(([key, text]) => [key, JSON.parse(text as string)])).toEqual([
      ['preferences', { theme: 'dark', navFolded: false, listMode: 'pages', pageSize: 50 }],
    ])
    expect(document.documentElement.classList.contains('dark')).toBe(true)
  })
})

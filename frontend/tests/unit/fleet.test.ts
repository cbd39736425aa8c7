import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { Component } from 'vue'
import type { Batch, Pasted } from '@/api'
import AlertBell from '@/components/AlertBell.vue'
import ExportMenu from '@/components/list/ExportMenu.vue'
import { navGroups, pageOfKey } from '@/components/navPages'
import { fileToBase64 } from '@/lib/base64'
import { parseYuan } from '@/lib/money'
import BatchPanel from '@/pages/fleet/BatchPanel.vue'
import CardCell from '@/pages/fleet/CardCell.vue'
import { matchedIds, pastedSummary, problemRows } from '@/pages/fleet/pasted'
import { useAssignment } from '@/pages/fleet/useAssignment'
import { useAlertsStore } from '@/stores/alerts'
import { useParkingStore } from '@/stores/parking'
import {
  alertAdvice,
  alertKindNames,
  daysLeftText,
  inputProblems,
  jobKindNames,
  outcomeNames,
  refusalReasons,
  vehicleClassName,
} from '@/texts'
import { bind } from './binding'

beforeEach(() => setActivePinia(createPinia()))

function show(component: Component, props = {}) {
  const routes = ['', 'alerts'].map((name) => ({ path: `/${name}`, name: name || 'start', component: {} }))
  const router = createRouter({ history: createMemoryHistory(), routes })
  return mount(component, { props, global: { plugins: [router] }, attachTo: document.body })
}

function batch(change: Partial<Batch> = {}): Batch {
  return {
    id: 1,
    authorized: false,
    state: 'running',
    errorCode: '',
    total: 300,
    done: 0,
    unchanged: 0,
    refused: 0,
    pending: 300,
    startedAt: '2026-11-22 21:13:44',
    finishedAt: '',
    ...change,
  }
}

describe('a pasted list', () => {
  const row = (line: number, problem: string) => ({
    line,
    text: `浙Z${line}`,
    plate: '',
    vehicleId: problem ? 0 : line,
    problem,
  })
  const pasted: Pasted = {
    rows: [row(1, ''), row(3, 'unknown'), row(4, ''), row(7, 'ambiguous'), row(8, 'unknown')],
    matched: 2,
  }

  it('drops nothing in silence', () => {
    expect(problemRows(pasted).map(({ line }) => line)).toEqual([3, 7, 8])
    expect(matchedIds(pasted)).toEqual([1, 4])
    expect(pastedSummary(pasted)).toBe('共 5 行，找到 2 辆车；以下 3 行不会分配（没有这辆车 2 行，同号多色 1 行）：')
    expect(pastedSummary({ rows: [row(1, '')], matched: 1 })).toBe('共 1 行，找到 1 辆车，没有问题。')
  })
})

describe('an assignment', () => {
  const target = {
    ids: [1],
    all: false,
    list: 'vehicles',
    query: { filter: {} as never, sort: '', descending: false },
    except: [],
  }

  it('says what is missing, and starts with the first of the month', () => {
    vi.setSystemTime(new Date('2026-11-30T16:30:00Z')) // already December in China
    const { draft, fault } = useAssignment()
    vi.useRealTimers()
    expect([draft.from, draft.to, fault.value]).toEqual(['2026-12-01', '', '请选择车队'])
    Object.assign(draft, { group: 'new' })
    expect(fault.value).toBe('请输入新车队的名称')
    Object.assign(draft, { name: '一队', to: '2026-11-01' })
    expect(fault.value).toBe('开始日期不能晚于结束日期')
    draft.isEverSince = true
    expect(fault.value).toBe('')
  })

  it('makes the new group first, and tells who was moved', async () => {
    const saved = { id: 7, kind: 'project', name: '京东', note: '', vehicles: 0 }
    const { calls } = bind({
      'Order.Groups': [saved],
      'Order.SaveGroup': saved,
      'Order.Assign': { assigned: 293, moved: 12 },
    })
    const { draft, submit } = useAssignment()
    Object.assign(draft, { kind: 'project', group: 'new', name: ' 京东 ', isEverSince: true })
    expect(await submit(target)).toBe('已把 293 辆车分配到项目「京东」，其中 12 辆原在其他项目')
    expect(calls['Order.SaveGroup']).toHaveBeenCalledWith({ ...saved, id: 0 })
    expect(calls['Order.Assign']).toHaveBeenCalledWith({ kind: 'project', groupId: 7, from: '', to: '', target })
  })

  it('can take vehicles out', async () => {
    const { calls } = bind({ 'Order.Groups': null, 'Order.Assign': { assigned: 3, moved: 0 } })
    const { draft, submit } = useAssignment()
    draft.group = 'none'
    expect(await submit(target)).toBe('已把 3 辆车移出车队')
    expect(calls['Order.Assign']!.mock.calls[0]![0]).toMatchObject({ groupId: 0, from: draft.from })
  })
})

describe('batches', () => {
  it('never go back, whatever order events come in', () => {
    const parking = useParkingStore()
    parking.adopt(batch({ pending: 200, done: 100 }))
    parking.adopt(batch({ pending: 250, done: 50 }))
    expect(parking.running?.done).toBe(100)
    parking.adopt(batch({ state: 'done', pending: 0, done: 300 }))
    parking.adopt(batch({ pending: 0, done: 300 }))
    expect([parking.running, parking.batches[0]?.state]).toEqual([null, 'done'])
  })

  it('that were broken off say why, and can be continued', async () => {
    const { calls } = bind({ 'Parking.Continue': batch({ pending: 100, done: 200 }) })
    const interrupted = batch({
      state: 'interrupted',
      errorCode: 'hall_unreachable',
      done: 190,
      refused: 10,
      pending: 100,
    })
    const panel = show(BatchPanel, { batch: interrupted, whyOffline: '' })
    expect(panel.find('[data-testid="batch-headline"]').text()).toContain('已中断：连接不上服务营业厅。')
    expect(panel.find('[data-testid="batch-counts"]').text()).toMatch(/已更改\s*190.*被拒绝\s*10.*未完成\s*100/s)
    await panel.find('[data-testid="batch-continue"]').trigger('click')
    expect(calls['Parking.Continue']).toHaveBeenCalledWith(1)
    panel.unmount()
  })

  it('cannot be retried offline, and say so', () => {
    bind({})
    const panel = show(BatchPanel, { batch: batch({ state: 'done', refused: 3, pending: 0 }), whyOffline: '当前离线' })
    const retry = panel.find('[data-testid="batch-retry"]').attributes()
    expect(retry).toHaveProperty('disabled')
    expect(retry.title).toBe('当前离线')
    expect(panel.find('[data-testid="batch-continue"]').exists()).toBe(false)
    panel.unmount()
  })
})

describe('the bell', () => {
  it('counts what is open and tells once of what a sync has found', async () => {
    const binding = bind({ 'Alerts.Summary': { open: 2, urgent: 0, fresh: 2, dueSoon: 0 } })
    const alerts = useAlertsStore()
    const heard = vi.fn()
    alerts.connect(heard)
    await alerts.load()
    expect(heard).not.toHaveBeenCalled()
    const bell = show(AlertBell)
    expect(bell.find('button').attributes('aria-label')).toBe('提醒：2 条未处理')
    binding.emit('alerts', { open: 5, urgent: 3, fresh: 3, dueSoon: 0 })
    await flushPromises()
    expect(heard).toHaveBeenCalledWith(3)
    expect(bell.find('button').attributes('aria-label')).toBe('提醒：5 条未处理，其中 3 条影响通行')
    alerts.disconnect()
    expect(binding.listeners('alerts')).toBe(0)
    bell.unmount()
  })
})

describe('a cancelled card', () => {
  const row = {
    cardId: 4,
    vehicleId: 1,
    plate: '浙Z1【蓝色】',
    type: 'storedValue',
    card: '2100*****0008',
    cardStatus: 'cancelled',
    listed: false,
    issuedOn: '',
    updatedOn: '',
    channel: '',
    team: '',
    project: '',
    customer: '',
  }

  it.each(['action', 'balance', 'unloaded'])('has no %s, and says why', (column) => {
    const cell = show(CardCell, { column, row, text: '' })
    expect(cell.find('button').exists()).toBe(false)
    expect(cell.find('[data-testid="closed"]').attributes('title')).toBe('已注销的通行卡不能查看详情')
    cell.unmount()
  })

  it('hides the balance of another until asked for', async () => {
    const { calls } = bind({ 'Fleet.Reveal': { number: '', balanceFen: 21, unloadedFen: 123456 } })
    const cell = show(CardCell, { column: 'unloaded', row: { ...row, cardStatus: 'issued' }, text: '' })
    expect(cell.text()).toBe('****')
    await cell.find('button').trigger('click')
    await flushPromises()
    expect(calls['Fleet.Reveal']).toHaveBeenCalledWith('balance', 4)
    expect(cell.text()).toBe('1,234.56')
    cell.unmount()
  })
})

it('exports full numbers only to who confirms it', async () => {
  const menu = show(ExportMenu, { canBeFull: true })
  const open = async () => {
    await menu.find('[data-testid="export"]').trigger('click')
    await vi.waitFor(() => expect(document.querySelector('[data-testid="export-csv"]')).not.toBeNull())
  }
  await open()
  document.querySelector<HTMLElement>('[data-testid="export-csv"]')!.click()
  await flushPromises()
  expect(menu.emitted('export')).toEqual([['csv', false]])
  await open()
  document.querySelector<HTMLInputElement>('[data-testid="export-full"] input')!.click()
  document.querySelector<HTMLElement>('[data-testid="export-xlsx"]')!.click()
  await vi.waitFor(() => expect(document.body.textContent).toContain('完整的卡号和标签编号，文件不加密'))
  expect(menu.emitted('export')).toHaveLength(1)
  document.querySelector<HTMLElement>('.el-message-box__btns .el-button--primary')!.click()
  await vi.waitFor(() =>
    expect(menu.emitted('export')).toEqual([
      ['csv', false],
      ['xlsx', true],
    ]),
  )
  menu.unmount()
})

it('shows the pages of stored-value cards only to who has funds', () => {
  const names = (hasFunds: boolean) => navGroups(hasFunds).map(({ name }) => name)
  expect(names(false)).not.toContain('储值卡资金服务')
  expect(names(true)).toContain('储值卡资金服务')
  expect([
    pageOfKey('1', false)?.name,
    pageOfKey('6', false)?.name,
    pageOfKey('0', true),
    pageOfKey('a', true),
  ]).toEqual(['用户中心', '账单查询', undefined, undefined])
})

describe('words', () => {
  it('name every class of JT/T 489', () => {
    expect([1, 4, 11, 16, 21, 26].map(vehicleClassName)).toEqual(['客1', '客4', '货1', '货6', '专项1', '专项6'])
    expect([0, 5, 10, 17, 27].map(vehicleClassName)).toEqual(['-', '-', '-', '-', '-'])
  })

  it('say of every kind of alert what to do', () => {
    expect(Object.keys(alertAdvice)).toEqual(Object.keys(alertKindNames))
    for (const advice of Object.values(alertAdvice)) expect(advice).toMatch(/。$/)
  })

  it('tell days left', () => {
    expect([-3, 0, 12].map(daysLeftText)).toEqual(['已过期 3 天', '今天到期', '还有 12 天'])
  })
})

it('reads an amount as digits, and nothing else', () => {
  expect(['50', '50.5', '1,234.56', ' 0 ', '0.05'].map(parseYuan)).toEqual([5000, 5050, 123456, 0, 5])
  expect(['', '-1', '1.234', '五十', '1e3', '.5'].map(parseYuan)).toEqual([null, null, null, null, null, null])
})

it('sends a file as base64, however long', async () => {
  const bytes = Uint8Array.from({ length: 70_001 }, (_, index) => index % 256)
  const text = await fileToBase64(new Blob([bytes]))
  expect(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))).toEqual(bytes)
})

describe('codes that Go’s types name', () => {
  const types = readFileSync(resolve(import.meta.dirname, '../../../backend/fleet/types.go'), 'utf8')
  const codesAfter = (marker: RegExp) => marker.exec(types)![1]!.match(/[a-zA-Z]+(?=[ ,]|$)/g)!

  it.each([
    ['outcomes', outcomeNames, /Outcome\s+string `json:"outcome"` \/\/ (done, unchanged, refused, pending)/],
    ['refusals', refusalReasons, /Reason\s+string `json:"reason"`\s+\/\/ (unknownVehicle.*)/],
    ['alerts', alertKindNames, /Kind\s+string\s+`json:"kind"` \/\/ (listed.*)/],
    ['problems of cells', inputProblems, /Problem string `json:"problem"` \/\/ (unknown.*)/],
  ])('have words: %s', (_, names, marker) =>
    expect(Object.keys(names)).toEqual(expect.arrayContaining(codesAfter(marker))),
  )

  it('have words: lists that are exported', () => {
    const lists = [...types.matchAll(/^\t\w+\s+= "(\w+)"\s+\/\//gm)].map((match) => `fleet:${match[1]}`)
    expect(lists).toHaveLength(7)
    expect(Object.keys(jobKindNames)).toEqual(expect.arrayContaining(lists))
  })
})

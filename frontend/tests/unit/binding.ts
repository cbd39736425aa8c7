import { vi } from 'vitest'
import type { Mock } from 'vitest'
import type { AuthState, HallChoice, Job, LockState, SyncStatus } from '@/api'

/** Stands in for the Go side in tests: calls as window.go has them, and events that a test sends itself. */
export interface Binding {
  calls: Record<string, Mock>
  emit(event: string, payload: unknown): void
  listeners(event: string): number
}

export const account = { id: 'a', name: '浙江样例物流有限公司', phoneMasked: '100****0001' }

export function authState(change: Partial<AuthState> = {}): AuthState {
  return {
    stage: 'signedIn',
    hallUrl: '',
    userKind: 'unit',
    phoneMasked: '100****0001',
    nickname: '',
    accounts: [account],
    account,
    expired: false,
    ...change,
  }
}

export function hallChoice(change: Partial<HallChoice> = {}): HallChoice {
  return {
    demo: false,
    url: 'https://hall.example.test',
    starting: false,
    progress: 0,
    errorCode: '',
    signIns: [],
    ...change,
  }
}

export function lockState(change: Partial<LockState> = {}): LockState {
  return { locked: false, passphraseSet: false, keychain: false, retryAfterSeconds: 0, idleMinutes: 10, ...change }
}

export function syncStatus(change: Partial<SyncStatus> = {}): SyncStatus {
  return {
    phase: 'idle',
    done: 0,
    total: 0,
    changes: 0,
    lastSyncedAt: '2026-11-22 20:10:31',
    minutesAgo: 3,
    errorCode: '',
    proven: true,
    revision: 1,
    step: 1,
    ...change,
  }
}

export function job(change: Partial<Job> = {}): Job {
  return {
    id: 1,
    kind: 'billLines',
    format: 'xlsx',
    summary: '按月 2026年10月',
    state: 'running',
    done: 0,
    rows: 1000,
    startedAt: '2026-11-22 21:13:44',
    finishedAt: '',
    expiresOn: '2026-12-22',
    files: [],
    bytes: 0,
    errorCode: '',
    waiting: '',
    ...change,
  }
}

/** What ErrorFormatter makes of a Go error. */
export function refusal(code: string, message = code): Promise<never> {
  return Promise.reject(JSON.stringify({ code, message }))
}

/** Names are "Session.State": one mock each, answering with what is given here. */
export function bind(answers: Record<string, unknown>): Binding {
  const calls: Record<string, Mock> = {}
  const app: Record<string, Record<string, Mock>> = {}
  for (const [name, answer] of Object.entries(answers)) {
    const [group, method] = name.split('.') as [string, string]
    const mock = vi.fn(() => Promise.resolve(answer))
    calls[name] = mock
    app[group] = { ...app[group], [method]: mock }
  }
  const listeners = new Map<string, Set<(payload: unknown) => void>>()
  const runtime = {
    EventsOnMultiple(event: string, listener: (payload: unknown) => void) {
      const all = listeners.get(event) ?? new Set()
      listeners.set(event, all.add(listener))
      return () => all.delete(listener)
    },
  }
  Object.assign(window, { go: { app }, runtime })
  return {
    calls,
    emit: (event, payload) => listeners.get(event)?.forEach((listener) => listener(payload)),
    listeners: (event) => listeners.get(event)?.size ?? 0,
  }
}

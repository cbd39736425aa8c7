import { afterEach, describe, expect, it, vi } from 'vitest'
import { call } from './call'
import { Fault, toFault } from './fault'

describe('toFault', () => {
  it('reads what Go rejects with', () => {
    const fault = toFault('{"code":"locked","message":"locked","retryAfterSeconds":870}')
    expect([fault.code, fault.retryAfterSeconds]).toEqual(['locked', 870])
  })

  it('finds the time to wait in the message', () => {
    expect(toFault('{"code":"locked","message":"try again in 14m30s"}').retryAfterSeconds).toBe(870)
    expect(toFault('{"code":"locked","message":"wrong 5 times"}').retryAfterSeconds).toBe(0)
  })

  it.each(['plain words', '{"message":"no code"}', '[]', '', undefined, null, new TypeError('x of undefined'), 7])(
    'takes %s for an internal fault',
    (reason) => expect(toFault(reason).code).toBe('internal'),
  )

  it('leaves a fault as it is', () => {
    const fault = new Fault('timeout')
    expect(toFault(fault)).toBe(fault)
  })
})

describe('call', () => {
  afterEach(() => vi.useRealTimers())

  it('gives up on a promise that never settles', async () => {
    vi.useFakeTimers()
    const answer = expect(call(() => new Promise(() => {}), 30_000)).rejects.toMatchObject({ code: 'timeout' })
    await vi.advanceTimersByTimeAsync(30_000)
    await answer
  })

  it('turns a missing binding into a fault instead of an exception', async () => {
    const broken = () => {
      throw new TypeError('window.go is undefined')
    }
    await expect(call(broken)).rejects.toMatchObject({ code: 'internal' })
  })

  it('passes answers on', async () => expect(await call(() => Promise.resolve(7))).toBe(7))
})

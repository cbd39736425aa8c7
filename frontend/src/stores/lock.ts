import { defineStore } from 'pinia'
import { ref } from 'vue'
import { lock as api } from '@/api'
import type { LockState } from '@/api'

/** The local passphrase and the lock. Locking and unlocking load the page anew: nothing of the data stays in its memory. */
export const useLockStore = defineStore('lock', () => {
  const state = ref<LockState | null>(null)

  async function load(): Promise<void> {
    state.value = await api.state()
  }

  async function lockNow(): Promise<void> {
    await api.now()
    reload()
  }

  async function unlock(passphrase: string): Promise<void> {
    await api.unlock(passphrase)
    reload()
  }

  async function forget(): Promise<void> {
    await api.forgotten()
    reload()
  }

  async function setPassphrase(old: string, fresh: string): Promise<void> {
    state.value = await api.setPassphrase(old, fresh)
  }

  async function removePassphrase(passphrase: string): Promise<void> {
    state.value = await api.removePassphrase(passphrase)
  }

  async function setIdleMinutes(minutes: number): Promise<void> {
    state.value = await api.setIdleMinutes(minutes)
  }

  return { state, load, lockNow, unlock, forget, setPassphrase, removePassphrase, setIdleMinutes }
})

/** The address stays, and with it the page; its filters are kept as settings. */
function reload(): void {
  window.location.reload()
}

import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { session as api, toFault } from '@/api'
import type { AuthState, CaptchaAnswer, Fault, HallChoice } from '@/api'
import { useRevealedStore } from './revealed'

/** Who is signed in, where, and which hall the program speaks to. */
export const useSessionStore = defineStore('session', () => {
  const state = ref<AuthState | null>(null)
  const hall = ref<HallChoice | null>(null)
  /** Why the program could not find out who is signed in; the whole window shows it. */
  const openFault = ref<Fault | null>(null)

  const isSignedIn = computed(() => state.value?.stage === 'signedIn')
  const isDemo = computed(() => hall.value?.demo ?? false)
  const needsNewSignIn = computed(() => isSignedIn.value && state.value!.expired)
  const hallName = computed(() => (isDemo.value ? '体验模式（样例数据）' : (hall.value?.url ?? '')))

  async function load(): Promise<void> {
    const [newState, newHall] = await Promise.all([api.state(), api.hall()])
    state.value = newState
    hall.value = newHall
  }

  /** Does something with the fault kept instead of thrown: there is no page yet that could catch it. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    openFault.value = null
    try {
      await work()
    } catch (reason) {
      openFault.value = toFault(reason)
    }
  }

  const open = () => attempt(load)

  async function refreshState(): Promise<void> {
    state.value = await api.state()
  }

  async function refreshHall(): Promise<void> {
    hall.value = await api.hall()
  }

  /** An empty address is the demo hall. The sign-in belongs to a hall, so it is asked for anew. */
  async function useHall(url: string): Promise<void> {
    hall.value = await api.useHall(url)
    await refreshState()
  }

  async function signIn(userKind: string, phone: string, code: string): Promise<void> {
    state.value = await api.signIn(userKind, phone, code)
  }

  async function signInByNickname(
    userKind: string,
    nickname: string,
    password: string,
    captcha: CaptchaAnswer,
  ): Promise<void> {
    state.value = await api.signInByNickname(userKind, nickname, password, captcha)
  }

  async function confirmBinding(code: string): Promise<void> {
    state.value = await api.confirmBinding(code)
  }

  async function verify(name: string, documentType: string, documentNumber: string): Promise<void> {
    state.value = await api.verify(name, documentType, documentNumber)
  }

  async function chooseAccount(id: string): Promise<void> {
    state.value = await api.chooseAccount(id)
  }

  async function signOut(wipe: boolean): Promise<void> {
    state.value = await api.signOut(wipe)
    useRevealedStore().hideAll() // another account numbers its cards anew
  }

  async function signOutEverywhere(wipe: boolean): Promise<void> {
    state.value = await api.signOutEverywhere(wipe)
    useRevealedStore().hideAll()
  }

  return {
    state,
    hall,
    openFault,
    isSignedIn,
    isDemo,
    needsNewSignIn,
    hallName,
    load,
    attempt,
    open,
    refreshState,
    refreshHall,
    useHall,
    signIn,
    signInByNickname,
    confirmBinding,
    verify,
    chooseAccount,
    signOut,
    signOutEverywhere,
  }
})

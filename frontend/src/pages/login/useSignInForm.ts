import { inject, provide, reactive } from 'vue'
import type { InjectionKey } from 'vue'
import type { CaptchaAnswer, DemoSignIn } from '@/api'
import { documentTypes } from '@/lib/documents'
import type { UserKind } from '@/lib/documents'

export interface SignInForm {
  userKind: UserKind
  way: 'sms' | 'nickname'
  nickname: string
  password: string
  phone: string
  code: string
  /** A code was asked for and is on its way: the demo panel watches its outbox meanwhile. */
  awaitsCode: boolean
  name: string
  documentType: string
  documentNumber: string
  plate: { number: string; colour: number }
}

const formKey: InjectionKey<SignInForm> = Symbol('sign-in form')

/** What the steps and the recoveries share, so that going back loses nothing and the demo panel can fill it in. The page provides it. */
export function provideSignInForm(): SignInForm {
  const form = reactive<SignInForm>({
    userKind: 'unit',
    way: 'sms',
    nickname: '',
    password: '',
    phone: '',
    code: '',
    awaitsCode: false,
    name: '',
    documentType: documentTypes.unit[0]!.value,
    documentNumber: '',
    plate: { number: '', colour: 1 },
  })
  provide(formKey, form)
  return form
}

export function useSignInForm(): SignInForm {
  const form = inject(formKey)
  if (!form) throw new Error('no sign-in form: the step stands outside the login page')
  return form
}

export function switchKind(form: SignInForm, userKind: UserKind): void {
  if (form.userKind === userKind) return
  form.userKind = userKind
  form.documentType = documentTypes[userKind][0]!.value
  form.code = ''
  form.password = ''
}

export function fillDemo(form: SignInForm, signIn: DemoSignIn): void {
  switchKind(form, signIn.userKind === 'personal' ? 'personal' : 'unit')
  if (signIn.nickname) {
    form.way = 'nickname'
    form.nickname = signIn.nickname
    form.password = signIn.password
  } else {
    form.way = 'sms'
    form.phone = signIn.phone
  }
  form.name = signIn.name
  form.documentType = signIn.documentType
  form.documentNumber = signIn.documentNumber
  if (signIn.plateNumber) form.plate = { number: signIn.plateNumber, colour: signIn.plateColor }
}

export function phoneFault(phone: string): string {
  if (phone === '') return '请输入手机号'
  return /^1\d{10}$/.test(phone) ? '' : '手机号应为以1开头的11位数字'
}

export function codeFault(code: string): string {
  if (code === '') return '请输入短信验证码'
  return /^\d{6}$/.test(code) ? '' : '验证码为6位数字'
}

export function captchaFault(answer: CaptchaAnswer): string {
  return answer.text === '' ? '请输入图形验证码' : ''
}

import { computed, reactive, ref } from 'vue'
import type { CaptchaAnswer, PlateProof } from '@/api'
import { holderFaults, tidyHolder } from './holder'
import { captchaFault, useSignInForm } from './useSignInForm'

/** What 忘记手机号 and 更改手机号 both ask for: a plate, its holder, and the captcha. */
export function usePlateProof() {
  const form = useSignInForm()
  const captcha = ref<CaptchaAnswer>({ id: '', text: '' })
  const faults = reactive({ plate: '', name: '', number: '', captcha: '' })

  const proof = computed<PlateProof>(() => ({
    userKind: form.userKind,
    plateNumber: form.plate.number,
    plateColor: form.plate.colour,
    ...tidyHolder(form),
    captchaId: captcha.value.id,
    captcha: captcha.value.text,
  }))

  /** Marks what is missing; the captcha counts only where one is sent along. */
  function isComplete(withCaptcha: boolean): boolean {
    const nameLabel = form.userKind === 'unit' ? '单位名称' : '个人名称'
    Object.assign(faults, holderFaults(form, nameLabel), {
      plate: form.plate.number === '' ? '请输入车牌号码' : '',
      captcha: withCaptcha ? captchaFault(captcha.value) : '',
    })
    return !faults.plate && !faults.name && !faults.number && !faults.captcha
  }

  return { form, captcha, faults, proof, isComplete }
}

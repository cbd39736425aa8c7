import { computed, reactive, ref, watch } from 'vue'
import type { CaptchaAnswer, PlateProof } from '@/api'
import { documentTypes } from '@/lib/documents'
import { holderFaults, tidyHolder } from './holder'
import { captchaFault, useSignInForm } from './useSignInForm'

/** What 忘记手机号 and 更改手机号 both ask for: a plate, its holder, and the captcha. */
export function usePlateProof() {
  const form = useSignInForm()
  const plate = ref({ number: '', colour: 1 })
  const holder = ref({ name: '', documentType: documentTypes[form.userKind][0]!.value, documentNumber: '' })
  const captcha = ref<CaptchaAnswer>({ id: '', text: '' })
  const faults = reactive({ plate: '', name: '', number: '', captcha: '' })

  watch(
    () => form.userKind,
    (kind) => (holder.value.documentType = documentTypes[kind][0]!.value),
  )

  const proof = computed<PlateProof>(() => ({
    userKind: form.userKind,
    plateNumber: plate.value.number,
    plateColor: plate.value.colour,
    ...tidyHolder(holder.value),
    captchaId: captcha.value.id,
    captcha: captcha.value.text,
  }))

  /** Marks what is missing; the captcha counts only where one is sent along. */
  function isComplete(withCaptcha: boolean): boolean {
    const nameLabel = form.userKind === 'unit' ? '单位名称' : '个人名称'
    Object.assign(faults, holderFaults(holder.value, nameLabel), {
      plate: plate.value.number === '' ? '请输入车牌号码' : '',
      captcha: withCaptcha ? captchaFault(captcha.value) : '',
    })
    return !faults.plate && !faults.name && !faults.number && !faults.captcha
  }

  return { form, plate, holder, captcha, faults, proof, isComplete }
}

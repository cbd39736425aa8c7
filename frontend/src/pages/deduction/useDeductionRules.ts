import { onMounted, ref } from 'vue'
import { deduction } from '@/api'
import type { DeductionRules } from '@/api'
import { attempt } from '@/components/notify'

/** The rules and purposes of the ledger, which Go has. */
export function useDeductionRules() {
  const rules = ref<DeductionRules | null>(null)
  onMounted(() =>
    attempt(async () => {
      rules.value = await deduction.rules()
    }),
  )
  return rules
}

/** Rules that a new password or passphrase must meet; Go and the hall judge again. */

const shortest = 8

/** What is wrong with a new password and its repetition, in words for their fields; empty when nothing is. */
export function newPasswordFaults(fresh: string, again: string, what: string): { fresh: string; again: string } {
  const faults = { fresh: '', again: '' }
  if (fresh === '') faults.fresh = `请输入${what}`
  else if ([...fresh].length < shortest) faults.fresh = `${what}至少${shortest}个字符`
  else if (new Set(fresh).size === 1) faults.fresh = `${what}不能是同一个字符`
  if (!faults.fresh && fresh !== again) faults.again = '两次输入不一致'
  return faults
}

/** ID documents a holder proves themselves with (DOMAIN 1.7), and the check digits two of them carry. */

export type UserKind = 'personal' | 'unit'

export interface DocumentType {
  value: string
  label: string
}

export const documentTypes: Record<UserKind, DocumentType[]> = {
  personal: [
    { value: '0', label: '身份证' },
    { value: '1', label: '军官证' },
    { value: '2', label: '护照' },
    { value: '3', label: '入境证(港澳)' },
    { value: '4', label: '临时身份证' },
    { value: '5', label: '武警警察身份证' },
    { value: '6', label: '台湾居民来往大陆通行证' },
  ],
  unit: [
    { value: '102', label: '统一社会信用代码证书' },
    { value: '101', label: '组织机构代码' },
    { value: '103', label: '营业执照' },
    { value: '104', label: '事业单位法人证书' },
    { value: '105', label: '社会团体法人登记证书' },
    { value: '106', label: '律师事务所执业许可证' },
  ],
}

const identityTypes = new Set(['0', '4'])
const creditCodeType = '102'

/** What is wrong with a document number, in words for its field; empty when it may be sent. */
export function documentFault(type: string, number: string): string {
  const text = normaliseDocument(number)
  if (text === '') return '请输入证件号码'
  if (identityTypes.has(type)) return identityFault(text)
  if (type === creditCodeType) return creditCodeFault(text)
  return ''
}

/** Upper case, without blanks: people paste "3301 0…x". */
export function normaliseDocument(number: string): string {
  return number.replace(/\s/g, '').toUpperCase()
}

function identityFault(text: string): string {
  if (!/^\d{17}[\dX]$/.test(text)) return '身份证号码应为18位：17位数字加一位数字或X'
  if (text[17] !== identityCheckDigit(text)) return '身份证号码校验位不符，请核对是否输错'
  return isDay(text.slice(6, 14)) ? '' : '身份证号码中的出生日期不对，请核对是否输错'
}

/** Whether YYYYMMDD looks like a day. The length of the month is left to the hall: the samples are born on days that are none. */
function isDay(text: string): boolean {
  const month = Number(text.slice(4, 6))
  const day = Number(text.slice(6, 8))
  return Number(text.slice(0, 4)) >= 1800 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

/** GB 11643: weights 2^(17−i) mod 11 over the first 17 digits. */
export function identityCheckDigit(text: string): string {
  let sum = 0
  for (let i = 0; i < 17; i++) sum += Number(text[i]) * (2 ** (17 - i) % 11)
  return '10X98765432'[sum % 11]!
}

const creditAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY'

function creditCodeFault(text: string): string {
  if (text.length !== 18) return `统一社会信用代码应为18位，现为${text.length}位`
  if ([...text].some((char) => !creditAlphabet.includes(char)))
    return '统一社会信用代码只含数字和字母，不含 I、O、S、V、Z'
  return text[17] === creditCheckChar(text) ? '' : '统一社会信用代码校验位不符，请核对是否输错'
}

/** GB 32100: weights 3^i mod 31 over the first 17 characters. */
export function creditCheckChar(text: string): string {
  let sum = 0
  let weight = 1
  for (let i = 0; i < 17; i++) {
    sum += creditAlphabet.indexOf(text[i]!) * weight
    weight = (weight * 3) % 31
  }
  return creditAlphabet[(31 - (sum % 31)) % 31]!
}

import { documentFault, normaliseDocument } from '@/lib/documents'

/** What proves who holds an account. */
export interface HolderProof {
  name: string
  documentType: string
  documentNumber: string
}

export interface HolderFaults {
  name: string
  number: string
}

/** Checked before anything is sent: a mistyped document would count as a wrong try. */
export function holderFaults(proof: HolderProof, nameLabel: string): HolderFaults {
  return {
    name: proof.name.trim() === '' ? `请输入${nameLabel}` : '',
    number: documentFault(proof.documentType, proof.documentNumber),
  }
}

/** As it is sent. */
export function tidyHolder(proof: HolderProof): HolderProof {
  return {
    name: proof.name.trim(),
    documentType: proof.documentType,
    documentNumber: normaliseDocument(proof.documentNumber),
  }
}

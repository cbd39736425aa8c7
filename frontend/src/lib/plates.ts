/** A plate as Go writes it: 浙Z12345【蓝色】. */

const colours: Record<string, string> = {
  蓝色: 'blue',
  黄色: 'yellow',
  黑色: 'black',
  白色: 'white',
  渐变绿: 'green',
  黄绿双拼: 'yellow-green',
  蓝白渐变: 'blue-white',
  绿色: 'green',
  红色: 'red',
}

/** Name of a plate's colour for its class; 'none' when it carries none that we know. */
export function plateColour(plate: string): string {
  const match = /【(.+)】$/.exec(plate)
  return (match && colours[match[1]!]) || 'none'
}

/** The number alone: what the plate filter asks for. */
export function plateNumber(plate: string): string {
  return plate.replace(/【.*】$/, '').trim()
}

/** The colour's own name, 渐变绿; empty when it carries none. */
export function plateColourName(plate: string): string {
  return /【(.+)】$/.exec(plate)?.[1] ?? ''
}

/** The colours of plates by their national code (DOMAIN 1), the commonest of lorries first. */
export const plateColours: { value: number; label: string }[] = [
  { value: 1, label: '黄色' },
  { value: 0, label: '蓝色' },
  { value: 4, label: '渐变绿' },
  { value: 5, label: '黄绿双拼' },
  { value: 2, label: '黑色' },
  { value: 3, label: '白色' },
  { value: 6, label: '蓝白渐变' },
  { value: 11, label: '绿色' },
  { value: 12, label: '红色' },
]

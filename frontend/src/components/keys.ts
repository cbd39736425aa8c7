/** Whether a key press belongs to a field in which somebody writes. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

/** A dialog is open above the page: the page's own keys rest. */
export function isCovered(): boolean {
  return [...document.querySelectorAll<HTMLElement>('.el-overlay')].some((overlay) => overlay.style.display !== 'none')
}

export const keyList: { keys: string; action: string }[] = [
  { keys: 'F5', action: '立即同步' },
  { keys: 'Ctrl + L', action: '锁定程序' },
  { keys: 'Ctrl + F', action: '转到查询条件' },
  { keys: 'Ctrl + E', action: '打开导出菜单' },
  { keys: 'Ctrl + P', action: '打印发票（在已开票查询）' },
  { keys: 'Ctrl + B', action: '收起或展开左侧导航' },
  { keys: 'Alt + 1 … 9', action: '转到左侧导航的第几页' },
  { keys: '↑ ↓ ← →', action: '在表格中移动' },
  { keys: 'Shift + 方向键', action: '扩大选区' },
  { keys: 'Ctrl + Home / End', action: '到第一行 / 最后一行' },
  { keys: 'PgUp / PgDn', action: '上翻 / 下翻一屏' },
  { keys: 'Ctrl + A', action: '全选' },
  { keys: 'Ctrl + C', action: '复制选区' },
  { keys: 'Ctrl + Shift + C', action: '复制选区（含表头）' },
  { keys: 'Enter 或双击', action: '查看详情；由统计进入明细' },
  { keys: '空格', action: '显示所选的完整号码或余额；在其他格勾选此行' },
  { keys: 'Shift + 空格', action: '勾选此行或选区的各行' },
  { keys: 'Shift + 点击勾选框', action: '连续勾选' },
  { keys: 'Esc', action: '取消选区、关闭对话框' },
  { keys: '?', action: '显示本列表' },
]

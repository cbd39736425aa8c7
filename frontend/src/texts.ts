/** Words for people, by fault code of backend/fault: what happened, and what to do next. A test holds this against the Go file. */

export interface FaultText {
  what: string
  next: string
}

export const faultTexts: Record<string, FaultText> = {
  hall_unreachable: {
    what: '连接不上服务营业厅',
    next: '请检查网络和服务地址后重试；已同步的数据仍可离线查看和导出。',
  },
  hall_not_recognized: {
    what: '该地址的回答不是服务营业厅',
    next: '可能是上网认证页面或填错了地址：请先完成网络认证，或检查服务地址后重试。',
  },
  hall_contract: { what: '服务营业厅的接口版本与本程序不一致', next: '请升级本程序，或联系管理员确认服务地址。' },
  hall_failed: { what: '服务营业厅出现故障', next: '请稍后重试；多次出现请拨打客服热线 0571-96866。' },
  too_many_requests: { what: '操作过于频繁', next: '请稍候再试。' },
  code_rejected: { what: '验证码不正确或已失效', next: '请核对最新一条短信中的验证码，或重新获取。' },
  captcha_rejected: { what: '图形验证码不正确或已失效', next: '请按新的图形验证码重新输入。' },
  password_rejected: {
    what: '昵称或密码不正确',
    next: '请核对用户类型、昵称和密码；忘记时可「找回昵称」或「忘记密码?」。',
  },
  password_weak: {
    what: '新密码不符合要求',
    next: '请使用至少 8 个字符、不常见、且与昵称、手机号、车牌号不同的密码。',
  },
  recovery_failed: {
    what: '填写的信息与预留信息不符',
    next: '请按办理ETC时预留的信息核对后重试；如有疑问请拨打客服热线 0571-96866。',
  },
  locked: { what: '输错次数过多，已暂时锁定', next: '请等待锁定结束后再试，或拨打客服热线 0571-96866。' },
  sign_in_needed: { what: '登录已过期', next: '请重新登录后再同步；已同步的数据仍可查看和导出。' },
  verification_needed: { what: '尚未完成信息校验', next: '请填写名称和证件信息完成校验。' },
  verification_failed: { what: '名称与证件信息不符', next: '请按办理ETC时预留的名称、证件类型和证件号码填写。' },
  account_choice: { what: '尚未选择账号', next: '请选择要进入的账号。' },
  account_gone: { what: '该账号已不在此登录名下', next: '请重新登录并选择账号；如有疑问请拨打客服热线 0571-96866。' },
  program_locked: { what: '程序已锁定', next: '请输入本机口令解锁。' },
  passphrase_needed: { what: '需要本机口令', next: '请先设置本机口令：它保护本机上的登录信息和数据。' },
  passphrase_rejected: { what: '本机口令不正确', next: '请重新输入；忘记时可重新登录。' },
  passphrase_weak: { what: '本机口令过于简单', next: '请使用至少 8 个字符，且不要全部相同。' },
  key_missing: { what: '本机数据的密钥已丢失', next: '旧的本机数据已无法打开，请重新登录并同步。' },
  keychain_gone: { what: '无法访问系统钥匙串', next: '请确认系统钥匙串（凭据管理器）可用并已解锁，然后重新打开程序。' },
  cipher_missing: { what: '程序缺少加密组件', next: '为保护数据，程序没有保存任何内容；请安装完整的通行账本。' },
  feed_refused: {
    what: '收到的数据前后不符，已拒绝写入',
    next: '本地数据未受影响。请重新同步；多次出现请联系服务营业厅。',
  },
  feed_reset: { what: '服务营业厅的历史数据已重建', next: '请重新同步，程序将从头核对本地数据。' },
  proof_failed: { what: '本地数据与服务营业厅核对不一致', next: '请重新同步，并在「月度核对」中查看不一致的月份。' },
  not_synced: { what: '本地还没有数据', next: '请先点击「立即同步」。' },
  coverage_stale: { what: '通行与发票的核对还没有算完', next: '请点击「重试」继续核对。' },
  document_absent: { what: '本机没有这份原件', next: '请先下载；如已下载过，文件可能被清理或删除，可重新下载。' },
  document_damaged: {
    what: '原件与校验值不符',
    next: '请重新下载；若仍不符，是服务营业厅的文件有误，请拨打客服热线 0571-96866。',
  },
  disk_full: { what: '磁盘空间不足', next: '请清理磁盘空间后重试；已有数据未受影响。' },
  already_printed: {
    what: '这些发票中有已打印过的',
    next: '请关闭后重新打开「打印」，选择「只打印未打印的」或「全部再打印一次」。',
  },
  printer_missing: {
    what: '没有找到打印机',
    next: '请在系统设置里添加打印机，或换一台打印机后重试；也可以先保存为 PDF 文件。',
  },
  no_print_program: {
    what: '系统里没有能打印 PDF 的程序',
    next: 'Windows 请安装 PDF 阅读器并设为默认程序，Linux 请安装 CUPS；也可以先保存为 PDF 文件，用其他程序打印。',
  },
  print_failed: { what: '打印没有完成', next: '请检查打印机是否开机、缺纸或离线，在系统的打印队列里查看后重试。' },
  read_only: { what: '没有写入权限', next: '请检查数据所在文件夹是否为只读，或换一个位置后重试。' },
  cache_newer: { what: '本地数据由更新版本的程序写入', next: '请升级本程序后再打开；数据未被改动。' },
  cache_damaged: { what: '本地数据文件已损坏', next: '请退出登录并选择清除本机数据，然后重新登录同步。' },
  cache_upgrading: { what: '正在更新本机数据', next: '请稍候，完成后自动继续。' },
  cache_busy: { what: '另一个程序正在同步同一份数据', next: '请等它结束或关闭它，然后重试。' },
  recharge_closed: { what: '22:00 至次日 2:00 不可进行充值服务', next: '请在 2:00 以后再充值；没有下单，也没有扣款。' },
  payment_unavailable: {
    what: '服务营业厅暂时不能受理充值',
    next: '没有下单，也没有扣款。请稍后重试，或到线下网点充值；疑问致电 0571-96866。',
  },
  cancelled: { what: '操作已取消', next: '需要时可重新开始。' },
  bad_input: { what: '输入的内容无法处理', next: '请检查查询条件或缩小范围后重试；大量数据请使用导出。' },
  not_found: { what: '找不到该记录或文件', next: '它可能已被移动或过期删除，请刷新列表或重新导出。' },
  internal: { what: '程序内部出错', next: '请重试；多次出现请重启程序，并把出错时间告诉技术支持。' },
  timeout: { what: '等待超时，没有收到结果', next: '请重试；若一直如此，请重启程序。' },
}

interface CodedFault {
  code: string
  retryAfterSeconds?: number
}

/** The text of a code; one that this version does not know reads as an internal fault. */
export function faultText(fault: CodedFault): FaultText {
  const text = faultTexts[fault.code] ?? faultTexts.internal!
  const wait = fault.retryAfterSeconds ?? 0
  return wait > 0 ? { what: text.what, next: `请在 ${waitText(wait)} 后再试。` } : text
}

/** One sentence pair, for a place with room for a line. */
export function faultLine(fault: CodedFault): string {
  const { what, next } = faultText(fault)
  return `${what}。${next}`
}

export function waitText(seconds: number): string {
  if (seconds < 60) return `${seconds} 秒`
  const minutes = Math.floor(seconds / 60)
  const rest = seconds % 60
  return rest === 0 ? `${minutes} 分钟` : `${minutes} 分 ${rest} 秒`
}

export const hotline = '0571-96866'

export const sceneNames: Record<string, string> = {
  expressway: '高速通行',
  nonExpressway: '非高速通行',
  refund: '退费业务',
  other: '其他',
}

export const jobKindNames: Record<string, string> = {
  billStatistics: '账单统计',
  billLines: '账单明细',
  trips: '通行流水',
  refunds: '退费记录',
  tripAnalysis: '统计分析',
  statement: '月结单',
  invoices: '已开票',
  invoiceSettings: '开票设置',
  coverageMonths: '开票核对（按月）',
  coverageTrips: '开票核对（通行明细）',
  coverageInvoices: '无对应通行的发票',
  deduction: '进项抵扣台账',
  documents: '下载发票原件',
  clearDocuments: '清理发票原件',
  print: '打印发票',
  printFile: '发票打印文件',
  recharges: '充值记录',
  allocations: '预分配记录',
  loads: '圈存记录',
  allocationTemplate: '预分配模板',
  'fleet:vehicles': '车辆列表',
  'fleet:cards': '通行卡列表',
  'fleet:tags': '标签列表',
  'fleet:parking': '拓展授权列表',
  'fleet:renewals': '证件到期',
  'fleet:alerts': '提醒',
  'fleet:parkingResults': '批量授权结果',
}

export interface JobWords {
  /** What its rows are counted in. */
  unit: string
  done: string
  failed: string
  cancelled: string
}

const exportWords: JobWords = {
  unit: '行',
  done: '导出成功',
  failed: '导出失败',
  cancelled: '已取消，未完成的文件已删除',
}

const jobWordsOf: Record<string, JobWords> = {
  documents: { unit: '张', done: '下载完成', failed: '下载未全部完成', cancelled: '已取消，已下载的保留' },
  clearDocuments: { unit: '个文件', done: '已清理', failed: '清理未完成', cancelled: '已取消，未清理的保留' },
  print: {
    unit: '张',
    done: '已送打印机，请核对打印出的张数',
    failed: '打印未完成',
    cancelled: '已停止等待；打印任务可能仍在打印机的队列里',
  },
  printFile: { unit: '张', done: '已保存', failed: '保存失败', cancelled: '已取消，未完成的文件已删除' },
}

/** How a kind of job tells of itself. */
export function jobWords(kind: string): JobWords {
  return jobWordsOf[kind] ?? exportWords
}

/** What an analysis adds up by (backend/trips/analysis.go). */
export const dimensionNames: Record<string, string> = {
  month: '月份',
  vehicle: '车辆',
  scene: '场景',
  route: '路线',
  entry: '入口站',
  exit: '出口站',
  province: '省份',
  weekday: '星期',
  hour: '时段',
  team: '车队',
  project: '项目',
  customer: '客户',
}

/** A type of trip is a scene of the bill, and how it was paid (backend/trips/document.go). */
export const tripTypeNames: Record<string, string> = {
  etcExpressway: '高速通行(ETC)',
  otherExpressway: '高速通行(非ETC)',
  nonExpressway: '非高速通行',
}

export const weekdayNames: Record<string, string> = {
  1: '一',
  2: '二',
  3: '三',
  4: '四',
  5: '五',
  6: '六',
  7: '日',
}

export const formatNames: Record<string, string> = { xlsx: 'Excel', pdf: 'PDF', csv: 'CSV', zip: 'ZIP' }

/** Events of the hall's trail (backend/hall/audit.go). */
export const trailEvents: Record<string, string> = {
  signedIn: '登录',
  signInRefused: '登录被拒绝',
  bound: '绑定账号',
  accountSwitched: '切换账号',
  passwordChanged: '修改密码',
  passwordReset: '重置密码',
  phoneChanged: '更改手机号',
  phoneRecovered: '查询预留手机号',
  nicknameRecovered: '找回昵称',
  signedOut: '退出登录',
  signedOutEverywhere: '退出所有设备',
  parkingAuthorized: '开启停车授权',
  parkingRevoked: '关闭停车授权',
  rechargeOrdered: '充值下单',
  fundsAllocated: '预分配',
}

const trailDetails: Record<string, string> = { sms: '短信验证码', nickname: '昵称密码', document: '证件校验' }

/** The details that the hall writes with figures (backend/hall/audit.go), and how they read here. */
const trailFigures: [RegExp, string][] = [
  [/^(\d+) of (\d+) vehicles$/, '$2 辆车中的 $1 辆'],
  [/^([\d.]+) yuan to the account$/, '$1 元，充值到用户账户'],
  [/^([\d.]+) yuan to card (\S+)$/, '$1 元，充值到通行卡 $2'],
  [/^([\d.]+) yuan to (\d+) cards$/, '$1 元，$2 张通行卡'],
]

/** The detail of an event in words; one that this version does not know is shown as it came. */
export function trailDetail(detail: string): string {
  const figures = trailFigures.find(([form]) => form.test(detail))
  return figures ? detail.replace(...figures) : (trailDetails[detail] ?? detail)
}

/** Of a card or a tag. */
export const issueStatusNames: Record<string, string> = {
  issued: '已发行',
  lost: '已挂失',
  frozen: '已冻结',
  cancelled: '已注销',
}

export const vehicleStatusNames: Record<string, string> = { valid: '有效', historical: '历史' }

export const listedNames: Record<string, string> = { normal: '正常', listed: '状态名单' }

export const cardTypeNames: Record<string, string> = { charge: '记账卡', storedValue: '储值卡' }

export const invoiceTypeNames: Record<string, string> = { perTrip: '单程票', merged: '合并票' }

/** What there is of an invoice's documents on this computer (backend/invoices). */
export const paperStateNames: Record<string, string> = {
  unknown: '未下载',
  absent: '未下载',
  partial: '部分下载',
  kept: '已下载',
  damaged: '需重下载',
  none: '无原件',
}

export const paperKindNames: Record<string, string> = { pdf: 'PDF 版式文件', xml: 'XML 数电票' }

export const authorizedNames: Record<string, string> = { on: '开启', off: '关闭' }

export const signingNames: Record<string, string> = { signed: '已签约', terminated: '已解约' }

export const userKindNames: Record<string, string> = { unit: '单位用户', personal: '个人用户' }

export const groupKindNames: Record<string, string> = { team: '车队', project: '项目', customer: '客户' }

export const dueDocumentNames: Record<string, string> = { licence: '行驶证', insurance: '保险', inspection: '年检' }

/** Class codes of JT/T 489-2019: 1–4 for people, 11–16 for goods, 21–26 for special work. */
export function vehicleClassName(code: number): string {
  if (code >= 1 && code <= 4) return `客${code}`
  if (code >= 11 && code <= 16) return `货${code - 10}`
  return code >= 21 && code <= 26 ? `专项${code - 20}` : '-'
}

export const alertKindNames: Record<string, string> = {
  listed: '进入状态名单',
  unlisted: '移出状态名单',
  frozen: '已冻结',
  lost: '已挂失',
  lowBalance: '余额不足',
}

/** What to do about an alert. */
export const alertAdvice: Record<string, string> = {
  listed: `请联系签约银行核对扣款账户余额或保证金，补足后通常次日恢复；期间请走人工车道。疑问致电 ${hotline}。`,
  unlisted: '通行卡已恢复正常，可以走ETC车道，无需处理。',
  frozen: `请携带用户证件到线下网点解冻，或致电 ${hotline} 查询原因；期间请走人工车道。`,
  lost: `找到卡片可到线下网点解除挂失，否则请补办新卡；期间请走人工车道。疑问致电 ${hotline}。`,
  lowBalance:
    '请为该卡充值，或点「补足」从储值账户预分配，并携带储值卡和用户证件到线下网点圈存；余额用完后无法走ETC车道。',
}

export const batchStateNames: Record<string, string> = {
  running: '进行中',
  done: '已完成',
  stopped: '已停止',
  interrupted: '已中断',
}

export const outcomeNames: Record<string, string> = {
  done: '已更改',
  unchanged: '未变',
  refused: '被拒绝',
  pending: '未完成',
}

/** Why the hall refused an authorisation. */
export const refusalReasons: Record<string, string> = {
  unknownVehicle: '服务营业厅没有这辆车的登记',
  vehicleHistorical: '车辆已转为历史车辆',
  noIssuedCard: '车辆没有已发行的通行卡',
}

/** What keeps a line of a pasted list, or a cell of a workbook, from being taken. */
export const inputProblems: Record<string, string> = {
  unknown: '没有这辆车',
  ambiguous: '有多辆同号车，请写明颜色，如【黄色】',
  duplicate: '与前面的行重复',
  unreadable: '无法识别',
  badDate: '日期无法识别，请写成 2026-01-31',
  tooLong: '内容过长',
}

/** Events of 查看记录. */
export const shownEvents: Record<string, string> = {
  cardShown: '显示卡号',
  tagShown: '显示标签编号',
  balanceShown: '查看卡上余额',
  exportedInFull: '导出完整号码',
}

export const historyNote = '提供储值卡用户历史的充值、预分配、圈存记录的查询和导出功能。'

export const fundsNote =
  '提供储值卡用户在线充值和储值资金预分配到ETC卡的功能。如需将金额圈存到储值卡中，请携带储值卡和相关用户证件至线下网点，联系工作人员完成圈存。'

/** Where a recharge or an allocation came from. */
export const fundsSourceNames: Record<string, string> = { website: '网站', automatic: '自动分配', branch: '网点' }

export const rechargeStatusNames: Record<string, string> = {
  awaitingPayment: '待支付',
  paid: '已支付',
  submitted: '提交发行系统成功',
  submitFailed: '提交发行系统失败',
  refunded: '已退回支付账户',
  closed: '已关闭',
  disputed: '待人工核对',
}

export const loadStatusNames: Record<string, string> = { succeeded: '圈存成功', failed: '圈存失败', reversed: '已冲正' }

/** Why a recharge did not go as it should (the contract's reasons of an order). */
export const rechargeReasons: Record<string, string> = {
  issuerRefused: '发行系统拒绝入账',
  issuerUnreachable: '发行系统暂时没有回答，正在重试',
  amountDiffers: '支付金额与订单不一致',
  refundRefused: '退款没有成功',
}

/** Why a card gets no funds: what the hall refuses, and what is wrong with a line of a list. */
export const allocationProblems: Record<string, string> = {
  unknownCard: '服务营业厅没有这张卡',
  notStoredValue: '不是储值卡，不能预分配',
  cardLost: '通行卡已挂失',
  cardFrozen: '通行卡已冻结',
  cardCancelled: '通行卡已注销',
  onStatusList: '通行卡在状态名单内',
  unknown: '没有这辆车',
  ambiguous: '有多辆同号车，请写明颜色，如【黄色】',
  unreadable: '无法识别车牌或卡号',
  duplicate: '与前面的行重复',
  noCard: '车辆没有通行卡',
  severalCards: '车辆有多张储值卡，请写明卡号',
  unknownCardNumber: '没有这个卡号的通行卡',
  amountMissing: '没有填写金额',
  amountUnread: '金额无法识别',
  amountDecimals: '金额最多两位小数',
  amountNotAbove: '金额须大于 0',
}

export function daysLeftText(days: number): string {
  if (days < 0) return `已过期 ${-days} 天`
  return days === 0 ? '今天到期' : `还有 ${days} 天`
}

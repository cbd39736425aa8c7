import type { AnalysisRow } from '@/api'
import { formatCount, formatFen } from '@/lib/money'
import { rowName } from './analysisColumns'
import type { ChartOption } from './echarts'

/** The colours of a chart, as the tokens of the theme have them. */
export interface ChartColours {
  bar: string
  line: string
  text: string
  rule: string
  card: string
}

/** What an axis says is a round number and no sum: 万 from ten thousand yuan on. */
export function axisYuan(fen: number): string {
  const yuan = Math.round(fen / 100)
  return Math.abs(yuan) >= 10_000 ? `${Math.round(yuan / 1000) / 10}万` : formatCount(yuan)
}

/** Names come from the hall: in a tooltip, which is HTML, they are text. */
function plain(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

export function tooltipOf(row: AnalysisRow): string {
  return [
    `<b>${plain(rowName(row))}</b>`,
    `收费金额 ${formatFen(row.paidFen)} 元`,
    `通行笔数 ${formatCount(row.rows)} 次`,
    `优惠 ${formatFen(row.discountFen)} 元，净支出 ${formatFen(row.netFen)} 元`,
  ].join('<br>')
}

function common(colours: ChartColours, rows: AnalysisRow[]): ChartOption {
  const axisText = { color: colours.text, fontSize: 12 }
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit', color: colours.text },
    tooltip: {
      trigger: 'axis',
      confine: true,
      transitionDuration: 0,
      axisPointer: { type: 'shadow', animation: false },
      backgroundColor: colours.card,
      borderColor: colours.rule,
      textStyle: axisText,
      formatter: (points) => {
        const [point] = Array.isArray(points) ? points : [points]
        const row = rows[point?.dataIndex ?? -1]
        return row ? tooltipOf(row) : ''
      },
    },
  }
}

function valueAxis(colours: ChartColours, label: (value: number) => string) {
  return {
    type: 'value' as const,
    splitNumber: 3,
    axisLabel: { color: colours.text, fontSize: 12, formatter: label },
    splitLine: { lineStyle: { color: colours.rule } },
  }
}

function nameAxis(colours: ChartColours, names: string[]) {
  return {
    type: 'category' as const,
    data: names,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colours.rule } },
  }
}

/** Bars of what was paid, and a line of how many trips it was. */
export function monthOption(rows: AnalysisRow[], colours: ChartColours): ChartOption {
  return {
    ...common(colours, rows),
    legend: { top: 0, itemHeight: 10, itemWidth: 16, textStyle: { color: colours.text, fontSize: 12 } },
    grid: { top: 30, right: 8, bottom: 4, left: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      ...nameAxis(
        colours,
        rows.map((row) => shortMonth(row.label)),
      ),
      axisLabel: { color: colours.text, fontSize: 12, hideOverlap: true },
    },
    yAxis: [
      valueAxis(colours, axisYuan),
      {
        ...valueAxis(colours, (value) => (Number.isInteger(value) ? formatCount(value) : '')),
        splitLine: { show: false },
      },
    ],
    series: [
      {
        name: '收费金额(元)',
        type: 'bar',
        barMaxWidth: 28,
        itemStyle: { color: colours.bar },
        data: rows.map((row) => row.paidFen),
      },
      {
        name: '通行笔数',
        type: 'line',
        yAxisIndex: 1,
        showSymbol: rows.length < 20,
        symbolSize: 5,
        lineStyle: { color: colours.line, width: 2 },
        itemStyle: { color: colours.line },
        data: rows.map((row) => row.rows),
      },
    ],
  }
}

/** "2026年01月" → "26-01". */
function shortMonth(label: string): string {
  return label.replace(/^\d\d(\d\d)年(\d\d)月$/, '$1-$2')
}

/** Horizontal bars, the greatest on top, each with its name beside it. */
export function barOption(rows: AnalysisRow[], colours: ChartColours, nameWidth: number): ChartOption {
  return {
    ...common(colours, rows),
    grid: { top: 2, right: 92, bottom: 2, left: nameWidth + 8, outerBoundsMode: 'none' },
    xAxis: { type: 'value', show: false, min: 0, max: 'dataMax' },
    yAxis: {
      ...nameAxis(colours, rows.map(rowName)),
      inverse: true,
      axisLabel: {
        color: colours.text,
        fontSize: 12,
        interval: 0,
        width: nameWidth,
        overflow: 'truncate',
        ellipsis: '…',
      },
    },
    series: [
      {
        name: '收费金额(元)',
        type: 'bar',
        barMaxWidth: 14,
        itemStyle: { color: colours.bar },
        label: {
          show: true,
          position: 'right',
          color: colours.text,
          fontSize: 12,
          formatter: ({ dataIndex }) => formatFen(rows[dataIndex]?.paidFen ?? 0),
        },
        data: rows.map((row) => row.paidFen),
      },
    ],
  }
}

package letterhead

import (
	"time"

	"tollbook/backend/period"
	"tollbook/backend/record"
)

// Period names a run of months in periods of a kind: 2024年第1季度 至 2024年第3季度.
func Period(r period.Range, by period.Kind) string {
	first, last := by.Label(r.From), by.Label(r.To)
	if first == last {
		return first
	}
	return first + " 至 " + last
}

// ProvisionalMonths names the months of a range that are not final at a time, empty when all are.
func ProvisionalMonths(months period.Range, now time.Time) string {
	first := max(months.From, period.LastFinal(now)+1)
	// Months that lie ahead have no lines: naming them would only alarm.
	last := min(months.To, period.MonthOf(now))
	if first > last {
		return ""
	}
	return Period(period.Range{From: first, To: last}, period.ByMonth)
}

// StateName: a month is 已出账 once it is final, 未出账 until then.
func StateName(provisional bool) string {
	if provisional {
		return "未出账"
	}
	return "已出账"
}

// SceneNames are the portal's words for the scenes of the bill (manual 2.6.1).
func SceneNames() map[string]string {
	return map[string]string{
		record.SceneExpressway: "高速通行", record.SceneNonExpressway: "非高速通行", record.SceneRefund: "退费业务", record.SceneOther: "其他",
	}
}

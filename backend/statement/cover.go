package statement

import (
	"fmt"
	"strings"
)

const (
	programName = "通行账本"
	selfMade    = "通行账本 自制对账单" // on every page: nobody shall take it for a document of the hall or the tax office
	sampleMark  = "体验模式 样例数据"
)

// heading is the title of the document, marked when its data are samples.
func (t Table) heading() string {
	if t.of != nil {
		return t.of.book.Cover.Title + " · " + t.Cover.heading()
	}
	return t.Cover.heading()
}

func (c Cover) heading() string {
	if c.Sample {
		return c.Title + "（" + sampleMark + "）"
	}
	return c.Title
}

// coverLines are the lines below the title. Few lines: in Excel they stay on the screen above the frozen header.
func (t Table) coverLines() []string {
	if t.of != nil {
		return t.of.lines(t)
	}
	cover := t.Cover
	lines := []string{
		joinWide("户名："+orElse(cover.Holder, "未知"), "期间："+orElse(cover.Period, "全部")),
		"筛选：" + orElse(cover.Filter, "无"),
	}
	if !cover.Undated {
		lines = append(lines, "状态："+cover.status())
	}
	return append(lines, cover.times(), t.summary())
}

func (c Cover) times() string {
	return joinWide("制表时间："+orElse(civil(c.MadeAt, momentLayout), "未知"), "数据截至："+orElse(civil(c.DataAsOf, momentLayout), "未知"))
}

func (c Cover) status() string {
	if c.Provisional == "" {
		return "已出账"
	}
	return "含未出账月份：" + c.Provisional
}

// summary is the line 共 12 条　总金额(元)合计：25,599.73; the sums only where they are known before the rows.
func (t Table) summary() string {
	parts := []string{fmt.Sprintf("共 %s 条", groupDigits(t.Total))}
	for i, column := range t.Columns {
		if column.Sum && t.Sums != nil {
			parts = append(parts, column.Title+totalsLabel+"："+column.readable(column.sumCell(t.Sums[i])))
		}
	}
	return joinWide(parts...)
}

func joinWide(parts ...string) string { return strings.Join(parts, "　　") }

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

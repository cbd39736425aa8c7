package monthly

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"tollbook/backend/letterhead"
	"tollbook/backend/mask"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// The parts of a statement, by the names that a layout gives them.
const (
	summaryPart  = "summary"  // 汇总: by group
	vehiclesPart = "vehicles" // 车辆汇总: by vehicle and card
	linesPart    = "lines"    // 账单明细
	refundsPart  = "refunds"  // 退费记录
	invoicesPart = "invoices" // 收到发票
)

// Parts lists the parts with their columns, in the order of a statement that nobody arranged otherwise.
func Parts() []PartInfo {
	return []PartInfo{
		{summaryPart, partTitle(summaryPart), infos(summaryFields("分组"))}, {vehiclesPart, partTitle(vehiclesPart), infos(vehicleFields())},
		{linesPart, partTitle(linesPart), infos(lineFields(0))}, {refundsPart, partTitle(refundsPart), infos(refundFields())},
		{invoicesPart, partTitle(invoicesPart), infos(invoiceFields())},
	}
}

func partTitle(name string) string {
	return map[string]string{summaryPart: "汇总", vehiclesPart: "车辆汇总", linesPart: "账单明细", refundsPart: "退费记录", invoicesPart: "收到发票"}[name]
}

// field is a column of a part whose rows are R and come to T.
type field[R, T any] struct {
	name   string
	column statement.Column
	extra  bool // not there until somebody chooses it
	cell   func(R) statement.Cell
	total  func(T) int64 // nil: the column is not added up
}

func infos[R, T any](fields []field[R, T]) []ColumnInfo {
	all := make([]ColumnInfo, len(fields))
	for i, f := range fields {
		all[i] = ColumnInfo{Name: f.name, Title: f.column.Title, Standard: !f.extra}
	}
	return all
}

// makePart makes a part of rows and of what they come to. A column that was not chosen costs nothing.
func makePart[R, T any](choice PartChoice, note string, fields []field[R, T], total T, count int64, rows iter.Seq2[R, error]) statement.Part {
	part := statement.Part{Name: partTitle(choice.Name), Note: note, Total: count}
	chosen := make([]field[R, T], len(choice.Columns))
	for i, name := range choice.Columns {
		f := fields[slices.IndexFunc(fields, func(f field[R, T]) bool { return f.name == name })]
		chosen[i] = f
		column, sum := f.column, int64(0)
		if f.total != nil {
			column.Sum, sum = true, f.total(total)
		}
		part.Columns, part.Sums = append(part.Columns, column), append(part.Sums, sum)
	}
	part.Rows = func(yield func([]statement.Cell, error) bool) {
		cells := make([]statement.Cell, len(chosen)) // the writer is done with a row when it asks for the next
		for row, err := range rows {
			if err == nil {
				for i := range chosen {
					cells[i] = chosen[i].cell(row)
				}
			}
			if !yield(cells, err) {
				return
			}
		}
	}
	return part
}

func text[R any](of func(R) string) func(R) statement.Cell {
	return func(row R) statement.Cell { return statement.Cell{Text: of(row)} }
}

func fen[R any](of func(R) money.Fen) func(R) statement.Cell {
	return func(row R) statement.Cell { return statement.Cell{Fen: of(row)} }
}

func count[R any](of func(R) int64) func(R) statement.Cell {
	return func(row R) statement.Cell { return statement.Cell{Count: of(row)} }
}

// The columns of what is added up by scene, the same by group and by vehicle. Names of scenes' columns are those of the scenes.
func tallyFields[R any](of func(R) tally) []field[R, tally] {
	counted := func(name, title string, extra bool, pick func(tally) int64) field[R, tally] {
		return field[R, tally]{name, statement.Column{Title: title, Type: statement.Count, Width: 10}, extra, count(func(r R) int64 { return pick(of(r)) }), pick}
	}
	amount := func(name, title string, extra bool, pick func(tally) money.Fen) field[R, tally] {
		return field[R, tally]{name, statement.Column{Title: title, Type: statement.Amount, Width: 14}, extra, fen(func(r R) money.Fen { return pick(of(r)) }), func(t tally) int64 { return int64(pick(t)) }}
	}
	fields := []field[R, tally]{counted("lines", "账单笔数", false, func(t tally) int64 { return t.rows })}
	for i, scene := range sceneOrder() {
		fields = append(fields, amount(scene, letterhead.SceneNames()[scene]+"(元)", false, func(t tally) money.Fen { return t.scenes[i].amount }))
	}
	fields = append(fields, amount("amount", "总金额(元)", false, func(t tally) money.Fen { return t.amount }))
	for i, scene := range sceneOrder() {
		fields = append(fields, counted(scene+"Lines", letterhead.SceneNames()[scene]+"笔数", true, func(t tally) int64 { return t.scenes[i].rows }))
	}
	return append(fields, amount("provisional", "其中未出账(元)", true, func(t tally) money.Fen { return t.provisionalAmount }))
}

// summaryRow is what the vehicles of a group came to.
type summaryRow struct {
	group    string
	vehicles int64
	tally    tally
}

func summaryFields(groupTitle string) []field[summaryRow, tally] {
	return append([]field[summaryRow, tally]{
		{"group", statement.Column{Title: groupTitle, Width: 24}, false, text(func(r summaryRow) string { return r.group }), nil},
		// Not added up: a vehicle that changed its group is in both.
		{"vehicles", statement.Column{Title: "车辆数", Type: statement.Count, Width: 8}, false, count(func(r summaryRow) int64 { return r.vehicles }), nil},
	}, tallyFields(func(r summaryRow) tally { return r.tally })...)
}

// vehicleRow is what a vehicle's card came to.
type vehicleRow struct {
	plate plate.Plate
	card  string
	tally tally
}

func vehicleFields() []field[vehicleRow, tally] {
	return append([]field[vehicleRow, tally]{
		{"plate", statement.Column{Title: "车牌号码", Width: 20}, false, text(func(r vehicleRow) string { return r.plate.String() }), nil},
		{"card", statement.Column{Title: "ETC通行卡卡号", Width: 16}, false, text(func(r vehicleRow) string { return mask.Card(r.card) }), nil},
	}, tallyFields(func(r vehicleRow) tally { return r.tally })...)
}

func lineFields(lastFinal period.Month) []field[store.Line, tally] {
	scenes := letterhead.SceneNames()
	return []field[store.Line, tally]{
		{"plate", statement.Column{Title: "车牌号码", Width: 20}, false, text(func(l store.Line) string { return l.Plate.String() }), nil},
		{"passedAt", statement.Column{Title: "通行时间", Type: statement.Moment, Width: 20}, false, func(l store.Line) statement.Cell { return statement.Cell{Time: l.PassedAt} }, nil},
		{"postedOn", statement.Column{Title: "扣款日期", Type: statement.Day, Width: 12}, false, func(l store.Line) statement.Cell { return day(l.PostedOn) }, nil},
		{"card", statement.Column{Title: "ETC通行卡卡号", Width: 16}, false, text(func(l store.Line) string { return mask.Card(l.CardNumber) }), nil},
		{"stations", statement.Column{Title: "出入口站点", Width: 40}, false, text(func(l store.Line) string { return record.Stations(l.EntryStation, l.ExitStation, l.Place) }), nil},
		{"scene", statement.Column{Title: "账单类型", Width: 12}, false, text(func(l store.Line) string { return scenes[l.Scene] }), nil},
		{"amount", statement.Column{Title: "交易金额(元)", Type: statement.Amount, Width: 14}, false, fen(func(l store.Line) money.Fen { return l.Amount }), func(t tally) int64 { return int64(t.amount) }},
		{"state", statement.Column{Title: "状态", Width: 8}, false, text(func(l store.Line) string { return letterhead.StateName(period.MonthOf(l.PassedAt) > lastFinal) }), nil},
		{"entry", statement.Column{Title: "入口站", Width: 22}, true, text(func(l store.Line) string { return l.EntryStation }), nil},
		{"exit", statement.Column{Title: "出口站", Width: 22}, true, text(func(l store.Line) string { return l.ExitStation }), nil},
		{"place", statement.Column{Title: "场所", Width: 22}, true, text(func(l store.Line) string { return l.Place }), nil},
	}
}

func refundFields() []field[store.RefundLine, tally] {
	return []field[store.RefundLine, tally]{
		{"plate", statement.Column{Title: "车牌号码", Width: 20}, false, text(func(r store.RefundLine) string { return r.Plate.String() }), nil},
		{"card", statement.Column{Title: "ETC通行卡卡号", Width: 16}, false, text(func(r store.RefundLine) string { return mask.Card(r.CardNumber) }), nil},
		{"passedAt", statement.Column{Title: "原通行时间", Type: statement.Moment, Width: 20}, false, func(r store.RefundLine) statement.Cell { return optional(r.PassedAt) }, nil},
		{"stations", statement.Column{Title: "出入口站点", Width: 40}, false, text(func(r store.RefundLine) string { return record.Stations(r.EntryStation, r.ExitStation, r.Place) }), nil},
		{"bookedAt", statement.Column{Title: "退费入账时间", Type: statement.Moment, Width: 20}, false, func(r store.RefundLine) statement.Cell { return statement.Cell{Time: r.BookedAt} }, nil},
		{"amount", statement.Column{Title: "入账金额(元)", Type: statement.Amount, Width: 14}, false, fen(func(r store.RefundLine) money.Fen { return r.Amount }), func(t tally) int64 { return int64(t.scenes[refundScene].amount) }},
		{"postedOn", statement.Column{Title: "扣款日期", Type: statement.Day, Width: 12}, true, func(r store.RefundLine) statement.Cell { return day(r.PostedOn) }, nil},
	}
}

func invoiceFields() []field[store.IssuedInvoice, store.IssuedSum] {
	return []field[store.IssuedInvoice, store.IssuedSum]{
		{"number", statement.Column{Title: "发票号码", Width: 24}, false, text(func(i store.IssuedInvoice) string { return i.Number }), nil},
		{"type", statement.Column{Title: "类型", Width: 8}, false, text(func(i store.IssuedInvoice) string { return invoiceTypeName(i.Type) }), nil},
		{"title", statement.Column{Title: "发票抬头", Width: 28}, false, text(func(i store.IssuedInvoice) string { return i.Title }), nil},
		{"payee", statement.Column{Title: "收款单位", Width: 38}, false, text(func(i store.IssuedInvoice) string { return i.Payee }), nil},
		{"issuedAt", statement.Column{Title: "开票日期", Type: statement.Day, Width: 12}, false, func(i store.IssuedInvoice) statement.Cell { return statement.Cell{Time: i.IssuedAt} }, nil},
		{"plate", statement.Column{Title: "车牌号码", Width: 20}, false, text(func(i store.IssuedInvoice) string { return i.Plate.String() }), nil},
		{"net", statement.Column{Title: "不含税金额(元)", Type: statement.Amount, Width: 14}, false, fen(func(i store.IssuedInvoice) money.Fen { return i.Net }), func(s store.IssuedSum) int64 { return int64(s.Net) }},
		{"rate", statement.Column{Title: "税率", Width: 7}, false, text(func(i store.IssuedInvoice) string { return rateName(i.TaxRate) }), nil},
		{"tax", statement.Column{Title: "税额(元)", Type: statement.Amount, Width: 12}, false, fen(func(i store.IssuedInvoice) money.Fen { return i.TaxAmount }), func(s store.IssuedSum) int64 { return int64(s.TaxAmount) }},
		{"total", statement.Column{Title: "价税合计(元)", Type: statement.Amount, Width: 14}, false, fen(func(i store.IssuedInvoice) money.Fen { return i.Total }), func(s store.IssuedSum) int64 { return int64(s.Total) }},
	}
}

// rateName writes hundredths of a percent: 300 is 3%, 150 is 1.5%.
func rateName(rate int64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%02d", rate/100, rate%100), "0"), ".") + "%"
}

func invoiceTypeName(kind string) string {
	switch kind {
	case record.InvoicePerTrip:
		return "单程票"
	case record.InvoiceMerged:
		return "合并票"
	}
	return kind
}

// day reads 2006-01-02; anything else, such as a line that is not posted yet, is an empty cell.
func day(text string) statement.Cell {
	on, err := time.ParseInLocation(time.DateOnly, text, period.Zone())
	if err != nil {
		return statement.Cell{}
	}
	return statement.Cell{Time: on}
}

func optional(at *time.Time) statement.Cell {
	if at == nil {
		return statement.Cell{}
	}
	return statement.Cell{Time: *at}
}

package monthly

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"tollbook/backend/letterhead"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// book makes the document of a draft. Its parts read their rows within the moment when they are written.
func (d draft) book(ctx context.Context, m store.Moment) statement.Book {
	total, invoices := tallyOf(d.shares), d.invoiceTotal()
	book := statement.Book{
		Cover: d.cover, Notes: d.notes(),
		Signatures: []string{"制表", "复核", "客户确认（签章）", "日期"},
	}
	for _, choice := range d.order.parts {
		book.Parts = append(book.Parts, d.part(ctx, m, choice, total, invoices))
	}
	book.Figures = d.figures(total, invoices)
	book.Facts = []string{"汇总方式：" + d.order.sumByWords() + "　　车辆数：" + fmt.Sprint(len(d.billed()))}
	return book
}

func (d draft) part(ctx context.Context, m store.Moment, choice PartChoice, total tally, invoices store.IssuedSum) statement.Part {
	switch choice.Name {
	case summaryPart:
		rows := d.summary()
		note := d.order.sumByWords() + "汇总；分组按通行当日的归属计算，期间内换组的车辆在两组中都计入车辆数。"
		return makePart(choice, note, summaryFields(letterhead.GroupKind(d.order.sumBy)), total, int64(len(rows)), each(rows))
	case vehiclesPart:
		rows := d.byVehicle()
		return makePart(choice, "按车辆和通行卡汇总。", vehicleFields(), total, int64(len(rows)), each(rows))
	case linesPart:
		rows := perVehicle(d.billed(), func(id int64) iter.Seq2[store.Line, error] { return m.Lines(ctx, d.filterOf(id)) })
		return makePart(choice, "按车牌、通行时间排列；账单按出口通行时间归入月份。", lineFields(d.lastFinal), total, total.rows, rows)
	case refundsPart:
		refunded := d.billedIf(func(s store.Share) bool { return sceneIndex(s.Scene) == refundScene })
		rows := perVehicle(refunded, func(id int64) iter.Seq2[store.RefundLine, error] { return m.RefundLines(ctx, d.filterOf(id)) })
		return makePart(choice, refundRule, refundFields(), total, total.scenes[refundScene].rows, rows)
	default: // checked: what is left are the invoices
		rows := perVehicle(d.invoiced(), func(id int64) iter.Seq2[store.IssuedInvoice, error] { return m.Invoices(ctx, d.invoiceFilterOf(id)) })
		return makePart(choice, invoiceRule, invoiceFields(), invoices, invoices.Rows, rows)
	}
}

// The rules by which refunds and invoices belong to a statement, as they stand on it.
const (
	refundRule  = "退费按入账时间计入账单（账单类型：退费业务），金额为负，合计与账单明细中的退费业务一致；退费中的尚未入账，不在其中。"
	invoiceRule = "发票按开票日期计入，分组按开票当日的归属计算；开票可能晚于通行，合计不要求与账单金额相等。"
)

func (d draft) filterOf(vehicleID int64) store.BillFilter {
	f := d.order.filter()
	f.VehicleID = vehicleID
	return f
}

func (d draft) invoiceFilterOf(vehicleID int64) store.IssuedFilter {
	f := d.order.invoiceFilter()
	f.VehicleID = vehicleID
	return f
}

func each[R any](rows []R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// perVehicle yields the rows of one vehicle after the other: in the order of plates without sorting millions of rows.
func perVehicle[R any](vehicles []vehicle, of func(id int64) iter.Seq2[R, error]) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for _, v := range vehicles {
			for row, err := range of(v.id) {
				if !yield(row, err) {
					return
				}
			}
		}
	}
}

// notes are the rules that hold for all of the statement.
func (d draft) notes() []string {
	notes := []string{"1. 账单按出口通行时间归入月份，分组按通行当日的归属计算。", "2. " + refundRule, "3. " + invoiceRule}
	if d.cover.Provisional != "" {
		notes = append(notes, "4. "+d.cover.Provisional+"未出账：每月账单在次月15日之后固定，在那之前金额可能变化。")
	}
	return notes
}

// figures are the cover's. Where a part adds up the same, they say where it stands.
func (d draft) figures(total tally, invoices store.IssuedSum) []statement.Figure {
	var figures []statement.Figure
	names := letterhead.SceneNames()
	for i, scene := range sceneOrder() {
		sources, counts := []place{{vehiclesPart, scene}, {summaryPart, scene}}, []place{{vehiclesPart, scene + "Lines"}, {summaryPart, scene + "Lines"}}
		if i == refundScene {
			sources, counts = append([]place{{refundsPart, "amount"}}, sources...), append([]place{{refundsPart, ""}}, counts...)
		}
		figures = append(figures, statement.Figure{Label: names[scene], Count: d.quantity(total.scenes[i].rows, counts...), Amount: d.quantity(int64(total.amountOf(i)), sources...)})
	}
	figures = append(figures, statement.Figure{
		Label: "账单合计", Strong: true,
		Count:  d.quantity(total.rows, place{linesPart, ""}, place{vehiclesPart, "lines"}, place{summaryPart, "lines"}),
		Amount: d.quantity(int64(total.amount), place{linesPart, "amount"}, place{vehiclesPart, "amount"}, place{summaryPart, "amount"}),
	})
	if d.cover.Provisional != "" {
		figures = append(figures, statement.Figure{
			Label: "其中未出账", Note: d.cover.Provisional, Count: d.quantity(total.provisionalRows),
			Amount: d.quantity(int64(total.provisionalAmount), place{vehiclesPart, "provisional"}, place{summaryPart, "provisional"}),
		})
	}
	return append(figures,
		statement.Figure{Label: "收到发票（价税合计）", Strong: true, Note: "按开票日期，不与账单相加", Count: d.quantity(invoices.Rows, place{invoicesPart, ""}), Amount: d.quantity(int64(invoices.Total), place{invoicesPart, "total"})},
		statement.Figure{Label: "其中税额", Amount: d.quantity(int64(invoices.TaxAmount), place{invoicesPart, "tax"})},
	)
}

// place is a column's total in a part; without a column, the number of its rows.
type place struct{ part, column string }

// quantity is a figure with the first of the places that the order has.
func (d draft) quantity(value int64, places ...place) *statement.Quantity {
	for _, p := range places {
		part := slices.IndexFunc(d.order.parts, func(c PartChoice) bool { return c.Name == p.part })
		if part < 0 {
			continue
		}
		if p.column == "" {
			return &statement.Quantity{Value: value, From: &statement.Source{Part: part, Rows: true}}
		}
		if column := slices.Index(d.order.parts[part].Columns, p.column); column >= 0 {
			return &statement.Quantity{Value: value, From: &statement.Source{Part: part, Column: column}}
		}
	}
	return &statement.Quantity{Value: value}
}

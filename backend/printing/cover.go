package printing

import (
	"bytes"
	"context"
	"fmt"

	"tollbook/backend/money"
	"tollbook/backend/statement"
)

// writeCover makes the list of what is in the pack, and of what is not, and lays its pages on sheets of their own.
func writeCover(ctx context.Context, cover statement.Cover, result Result, to *sheets, set limits) error {
	var list bytes.Buffer
	if err := statement.WritePDF(ctx, &list, coverTable(cover, result)); err != nil {
		return fmt.Errorf("write the cover list: %w", err)
	}
	set.pages, set.bytes, set.objects = unlimited, unlimited, unlimited // our own document
	s, err := parse(ctx, list.Bytes(), set)
	if err != nil {
		return fmt.Errorf("read the cover list: %w", err)
	}
	b := batch{file: to.file}
	b.begin()
	set.output = unlimited
	c := newCopier(ctx, s, &b, set)
	var pages []drawing
	for _, p := range s.pages {
		d, _, err := c.drawPage(p)
		if err != nil {
			return fmt.Errorf("copy the cover list: %w", err)
		}
		pages = append(pages, d)
	}
	if err := b.commit(); err != nil {
		return err
	}
	_, _, err = to.addAsTheyAre(pages)
	return err
}

const unlimited = 1 << 30

func coverTable(cover statement.Cover, result Result) statement.Table {
	cover.Undated = true
	listed := len(result.Packed) + len(result.Refused)
	return statement.Table{
		Cover: cover,
		Columns: []statement.Column{
			{Title: "序号", Type: statement.Count, Width: 6}, {Title: "发票号码", Type: statement.Text, Width: 22},
			{Title: "车牌号码", Type: statement.Text, Width: 18}, {Title: "日期", Type: statement.Day, Width: 11},
			{Title: "金额(元)", Type: statement.Amount, Width: 12, Sum: true}, {Title: "页", Type: statement.Text, Width: 7},
			{Title: "备注", Type: statement.Text, Width: 24},
		},
		Total: int64(listed),
		Sums:  []int64{0, 0, 0, 0, int64(result.Amount), 0, 0},
		Rows:  func(yield func([]statement.Cell, error) bool) { listRows(result, yield) },
	}
}

func listRows(result Result, yield func([]statement.Cell, error) bool) {
	for i, p := range result.Packed {
		page := fmt.Sprint(p.FirstPage - result.CoverPages)
		if p.LastPage > p.FirstPage {
			page = fmt.Sprintf("%d-%d", p.FirstPage-result.CoverPages, p.LastPage-result.CoverPages)
		}
		if !yield(row(i+1, p.Document, p.counted(), page, p.remark()), nil) {
			return
		}
	}
	for i, r := range result.Refused {
		remark := "未打印"
		if r.Amount != 0 {
			remark += fmt.Sprintf("（%s元）", r.Amount.Grouped())
		}
		remark += "：" + r.Reason.Words()
		if !yield(row(len(result.Packed)+i+1, r.Document, 0, "", remark), nil) {
			return
		}
	}
}

func row(number int, d Document, amount money.Fen, page, remark string) []statement.Cell {
	title := d.Number
	if title == "" {
		title = d.Name
	}
	plate := ""
	if d.Plate.Number != "" {
		plate = d.Plate.String()
	}
	return []statement.Cell{{Count: int64(number)}, {Text: title}, {Text: plate}, {Time: d.Date}, {Fen: amount}, {Text: page}, {Text: remark}}
}

// counted is what a document adds to the total: a list of trips repeats the amounts of invoices.
func (p Packed) counted() money.Fen {
	if p.Kind == TripList {
		return 0
	}
	return p.Amount
}

func (p Packed) remark() string {
	remark := ""
	if p.Kind == TripList {
		remark = "行程清单"
	}
	if p.Signed {
		remark = joinRemarks(remark, "原件有电子签名")
	}
	if p.Unseen > 0 {
		remark = joinRemarks(remark, fmt.Sprintf("%d处批注或表单无图样，未打印", p.Unseen))
	}
	return remark
}

func joinRemarks(first, second string) string {
	if first == "" {
		return second
	}
	return first + "，" + second
}

package printing

import (
	"bytes"
	"context"
	"fmt"
	"slices"

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

// coverTable lists the invoices of a pack, and whatever is not in it. Where something is not, what was printed and what was not are added up
// apart: nobody shall take the one sum for the other.
func coverTable(cover statement.Cover, result Result) statement.Table {
	cover.Undated = true
	printed := result.invoices()
	listed := len(printed) + len(result.Refused)
	amounts, sums := []statement.Column{{Title: "金额(元)", Type: statement.Amount, Width: 12, Sum: true}}, []int64{int64(result.Amount)}
	if len(result.Refused) > 0 {
		cover.Filter = joinRemarks(cover.Filter, fmt.Sprintf("已打印 %d 张，未打印 %d 张", len(printed), len(result.Refused)))
		amounts = []statement.Column{
			{Title: "已打印(元)", Type: statement.Amount, Width: 12, Sum: true}, {Title: "未打印(元)", Type: statement.Amount, Width: 12, Sum: true},
		}
		sums = append(sums, int64(result.refusedAmount()))
	}
	return statement.Table{
		Cover: cover,
		Columns: slices.Concat([]statement.Column{
			{Title: "序号", Type: statement.Count, Width: 6}, {Title: "发票号码", Type: statement.Text, Width: 22},
			{Title: "车牌号码", Type: statement.Text, Width: 18}, {Title: "日期", Type: statement.Day, Width: 11},
		}, amounts, []statement.Column{{Title: "页", Type: statement.Text, Width: 7}, {Title: "备注", Type: statement.Text, Width: 24}}),
		Total: int64(listed),
		Sums:  slices.Concat([]int64{0, 0, 0, 0}, sums, []int64{0, 0}),
		Rows:  func(yield func([]statement.Cell, error) bool) { listRows(result, printed, yield) },
	}
}

// invoices are the packed documents that the cover lists: a list of trips repeats what invoices say.
func (r Result) invoices() []Packed {
	return slices.DeleteFunc(slices.Clone(r.Packed), func(p Packed) bool { return p.Kind == TripList })
}

func (r Result) refusedAmount() money.Fen {
	sum := money.Fen(0)
	for _, refused := range r.Refused {
		sum += refused.Amount
	}
	return sum
}

func listRows(result Result, printed []Packed, yield func([]statement.Cell, error) bool) {
	amounts := func(printed, refused money.Fen) []statement.Cell {
		if len(result.Refused) == 0 {
			return []statement.Cell{{Fen: printed}}
		}
		return []statement.Cell{{Fen: printed}, {Fen: refused}}
	}
	for i, p := range printed {
		page := fmt.Sprint(p.FirstPage - result.CoverPages)
		if p.LastPage > p.FirstPage {
			page = fmt.Sprintf("%d-%d", p.FirstPage-result.CoverPages, p.LastPage-result.CoverPages)
		}
		if !yield(row(i+1, p.Document, amounts(p.Amount, 0), page, p.remark()), nil) {
			return
		}
	}
	for i, r := range result.Refused {
		if !yield(row(len(printed)+i+1, r.Document, amounts(0, r.Amount), "", "未打印："+r.Reason.Words()), nil) {
			return
		}
	}
}

func row(number int, d Document, amounts []statement.Cell, page, remark string) []statement.Cell {
	title := d.Number
	if title == "" {
		title = d.Name
	}
	plate := ""
	if d.Plate.Number != "" {
		plate = d.Plate.String()
	}
	return slices.Concat([]statement.Cell{{Count: int64(number)}, {Text: title}, {Text: plate}, {Time: d.Date}}, amounts, []statement.Cell{{Text: page}, {Text: remark}})
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
	if p.Signed {
		remark = "原件有电子签名"
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

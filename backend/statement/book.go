package statement

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"tollbook/backend/money"
)

// Book is a document of several tables behind one cover: a cover page with figures and a block to sign, then the parts. In Excel the
// cover and each part are sheets, in a PDF each part begins on a page of its own, as CSV each is a file in a zip file.
type Book struct {
	Cover      Cover
	Nature     string   // what the document is, and is not; empty: a statement of bills of one's own making
	Facts      []string // further lines below the cover's own
	Figures    []Figure
	Notes      []string // below the figures
	Signatures []string // what is signed below them, at most four
	Parts      []Part
}

// Part is a table of a book. Name is short and given once in a book. Sums are always known beforehand: the cover's figures rest on them.
type Part struct {
	Name    string
	Note    string // the rule by which its rows are chosen, in words
	Columns []Column
	Total   int64
	Sums    []int64
	Rows    iter.Seq2[[]Cell, error]
}

// Figure is a line of the cover: how many and how much. Either may be nil.
type Figure struct {
	Label  string
	Count  *Quantity
	Amount *Quantity
	Note   string
	Strong bool // a total of those before it
}

// Quantity is a count, or an amount in fen. With From it is the same as a total of a part, and in Excel a formula that says so.
type Quantity struct {
	Value int64
	From  *Source
}

// Source is a total within a book: the sum of a column, or with Rows the number of a part's rows.
type Source struct {
	Part   int
	Column int
	Rows   bool
}

const (
	coverName   = "封面"
	notATaxForm = "本对账单由通行账本根据本机已同步的账单自制，供核对使用；不是税务凭证，也不是服务营业厅出具的账单。"
	emptyPart   = "无记录"
)

func figureColumns() []Column {
	return []Column{
		{Title: "项目", Type: Text, Width: 26}, {Title: "笔数", Type: Count, Width: 18}, {Title: "金额(元)", Type: Amount, Width: 22}, {Title: "说明", Type: Text, Width: 44},
	}
}

// cells are a figure in its columns, nil where it has nothing to say.
func (f Figure) cells() []*Cell {
	cells := []*Cell{{Text: f.Label}, nil, nil, {Text: f.Note}}
	if f.Count != nil {
		cells[1] = &Cell{Count: f.Count.Value}
	}
	if f.Amount != nil {
		cells[2] = &Cell{Fen: money.Fen(f.Amount.Value)}
	}
	return cells
}

// quantities are those of the figure's columns, nil where it has none.
func (f Figure) quantities() []*Quantity { return []*Quantity{nil, f.Count, f.Amount, nil} }

// WriteBook makes a document of a book at path; as CSV it is a zip file. All else is as with Write. A figure that differs from the total
// it comes from is an error that wraps ErrContent.
func WriteBook(ctx context.Context, path string, format Format, book Book, progress func(done int64)) ([]string, error) {
	return writeBook(ctx, path, format, book, progress, standard())
}

func writeBook(ctx context.Context, path string, format Format, book Book, progress func(done int64), set settings) ([]string, error) {
	c, err := book.content()
	if err != nil {
		return nil, fmt.Errorf("write a document: %w", err)
	}
	return staged(ctx, path, set, newMeter(progress), func(stage *staging, meter *meter) error {
		if format != CSV {
			return writeTo(ctx, stage, path, format, c, meter, set)
		}
		zip, err := newArchive(ctx, stage, path, book.Cover.MadeAt)
		if err != nil {
			return err
		}
		if err := writeTo(ctx, zip, book.Cover.Title, format, c, meter, set); err != nil {
			return err
		}
		return zip.finish()
	})
}

// Named is a book with the name of its file, without ending; names need not be fit for a file, nor differ.
type Named struct {
	Name string
	Book Book
}

// WriteBooks puts documents into a zip file at path, one after the other as they come: a book is a file (several for a PDF of many
// pages), as CSV a folder. All else is as with WriteBook.
func WriteBooks(ctx context.Context, path string, format Format, madeAt time.Time, books iter.Seq2[Named, error], progress func(done int64)) ([]string, error) {
	set := standard()
	if format == PDF {
		var err error
		if set.face, err = newTypeface(); err != nil {
			return nil, err
		}
	}
	return staged(ctx, path, set, newMeter(progress), func(stage *staging, meter *meter) error {
		zip, err := newArchive(ctx, stage, path, madeAt)
		if err != nil {
			return err
		}
		names := fileNames{}
		for named, err := range books {
			if err != nil {
				return err
			}
			c, err := named.Book.content()
			if err != nil {
				return fmt.Errorf("%s: %w", named.Name, err)
			}
			name := names.of(named.Name)
			if format != CSV {
				name += "." + string(format)
			}
			if err := writeTo(ctx, zip, name, format, c, meter, set); err != nil {
				return fmt.Errorf("%s: %w", named.Name, err)
			}
		}
		return zip.finish()
	})
}

// content checks a book and makes tables of its parts.
func (b *Book) content() (content, error) {
	if len(b.Parts) == 0 || len(b.Signatures) > len(figureColumns()) {
		return content{}, fmt.Errorf("%w: a book of %d parts with %d signatures", ErrContent, len(b.Parts), len(b.Signatures))
	}
	c := content{cover: b.Cover, book: b}
	named := map[string]bool{strings.ToLower(coverName): true}
	for _, part := range b.Parts {
		name := strings.ToLower(sheetName(part.Name, 1))
		if named[name] || part.Sums == nil {
			return content{}, fmt.Errorf("%w: part %q has no sums, or a name that another has", ErrContent, part.Name)
		}
		named[name] = true
		table := part.table(b)
		if err := table.check(); err != nil {
			return content{}, fmt.Errorf("part %q: %w", part.Name, err)
		}
		c.tables = append(c.tables, table)
	}
	for _, figure := range b.Figures {
		for _, quantity := range figure.quantities() {
			if err := b.checkQuantity(figure.Label, quantity); err != nil {
				return content{}, err
			}
		}
	}
	return c, nil
}

// checkQuantity: what the cover says is what the part says.
func (b *Book) checkQuantity(label string, q *Quantity) error {
	if q == nil || q.From == nil {
		return nil
	}
	if q.From.Part < 0 || q.From.Part >= len(b.Parts) {
		return fmt.Errorf("%w: figure %q comes from a part that is not there", ErrContent, label)
	}
	part := b.Parts[q.From.Part]
	total := part.Total
	if !q.From.Rows {
		if q.From.Column < 0 || q.From.Column >= len(part.Columns) || !part.Columns[q.From.Column].Sum {
			return fmt.Errorf("%w: figure %q comes from a column without a sum", ErrContent, label)
		}
		total = part.Sums[q.From.Column]
	}
	if total != q.Value {
		return fmt.Errorf("%w: figure %q is %d, %s adds up to %d", ErrContent, label, q.Value, part.Name, total)
	}
	return nil
}

func (p Part) table(b *Book) Table {
	cover := b.Cover
	cover.Title = p.Name
	return Table{Cover: cover, Columns: p.Columns, Total: p.Total, Sums: p.Sums, Rows: p.Rows, of: &partOf{book: b, note: p.Note}}
}

// partOf says of a table that it is a part of a book.
type partOf struct {
	book *Book
	note string
}

// lines are those below a part's title: enough for a sheet that somebody prints by itself.
func (p *partOf) lines(t Table) []string {
	cover := t.Cover
	head := []string{"户名：" + orElse(cover.Holder, "未知"), "期间：" + cover.Period, "范围：" + cover.scope()}
	if !cover.Undated {
		head = append(head, "状态："+cover.status())
	}
	lines := []string{joinWide(head...)}
	if p.note != "" {
		lines = append(lines, "说明："+p.note)
	}
	if t.Total == 0 {
		return append(lines, emptyPart)
	}
	return append(lines, t.summary())
}

// coverLines are the lines of a book's cover, below its title.
func (b *Book) coverLines() []string {
	cover := b.Cover
	months := "期间：" + cover.Period
	if !cover.Undated {
		months = joinWide(months, "状态："+cover.status())
	}
	lines := []string{"户名：" + orElse(cover.Holder, "未知"), months, "范围：" + cover.scope()}
	return append(append(lines, b.Facts...), "内容："+b.contents(), cover.times(), orElse(b.Nature, notATaxForm))
}

// contents lists the parts with their rows, so that a page that is missing is missed.
func (b *Book) contents() string {
	words := make([]string, len(b.Parts))
	for i, part := range b.Parts {
		words[i] = part.Name + "（" + groupDigits(part.Total) + " 行）"
		if part.Total == 0 {
			words[i] = part.Name + "（" + emptyPart + "）"
		}
	}
	return strings.Join(words, "，")
}

func (c Cover) scope() string { return orElse(c.Filter, "全部车辆") }

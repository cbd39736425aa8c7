package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/jung-kurt/gofpdf"
	"github.com/xuri/excelize/v2"

	"tollbook/backend/period"
	"tollbook/backend/statement"
)

// Widths of the two documents in columns.
const (
	excelColumns = 12
	pdfColumns   = 10
)

// writers are the programs that a child of the benchmark may be, by name.
func writers() map[string]func(path string, rows int64) error {
	all := map[string]func(string, int64) error{
		"excel": func(path string, rows int64) error {
			return writeOurs(path, statement.Excel, table(rows, excelColumns))
		},
		"pdf":      func(path string, rows int64) error { return writeOurs(path, statement.PDF, table(rows, pdfColumns)) },
		"excelize": writeExcelize, "gofpdf": writeGofpdf,
	}
	maps.Copy(all, mergers())
	return all
}

func writeOurs(path string, format statement.Format, table statement.Table) error {
	_, err := statement.Write(context.Background(), path, format, table, nil)
	return err
}

// writeExcelize writes the same sheet by excelize's StreamWriter, the library's fastest way, with styles of the same looks.
func writeExcelize(path string, rows int64) error {
	file := excelize.NewFile(excelize.Options{TmpDir: filepath.Dir(path)})
	header, body, err := excelizeStyles(file)
	if err != nil {
		return err
	}
	stream, err := file.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	values, columns := make([]any, excelColumns), columns()
	for i, column := range columns {
		if err := stream.SetColWidth(i+1, i+1, float64(column.Width+2)); err != nil {
			return err
		}
		values[i] = excelize.Cell{StyleID: header, Value: column.Title}
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := stream.SetRow("A1", values); err != nil {
		return err
	}
	next := 2
	for row := range lines(rows, excelColumns, period.Zone()) {
		for i, column := range columns {
			values[i] = excelize.Cell{StyleID: body[column.Type], Value: excelizeValue(column.Type, row[i])}
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", next), values); err != nil {
			return err
		}
		next++
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	return errors.Join(file.SaveAs(path), file.Close())
}

// excelizeValue gives dates as numbers: as times excelize takes longer for them.
func excelizeValue(kind statement.CellType, cell statement.Cell) any {
	const unixEpoch, daySeconds = 25569, 86400
	switch kind {
	case statement.Amount:
		return float64(cell.Fen) / 100 // a peer's way; ours never makes a float of money
	case statement.Moment, statement.Day:
		_, offset := cell.Time.Zone()
		seconds := cell.Time.Unix() + int64(offset)
		if kind == statement.Day {
			return unixEpoch + seconds/daySeconds
		}
		return unixEpoch + float64(seconds)/daySeconds
	}
	return cell.Text
}

func excelizeStyles(file *excelize.File) (header int, body map[statement.CellType]int, err error) {
	moment, day, body := "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd", map[statement.CellType]int{}
	var borders []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		borders = append(borders, excelize.Border{Type: side, Color: "BFBFBF", Style: 1})
	}
	formats := map[statement.CellType]excelize.Style{
		statement.Text: {NumFmt: 49}, statement.Amount: {NumFmt: 4}, statement.Moment: {CustomNumFmt: &moment}, statement.Day: {CustomNumFmt: &day},
	}
	for kind, style := range formats {
		style.Border, style.Font = borders, &excelize.Font{Family: "微软雅黑", Size: 10}
		if body[kind], err = file.NewStyle(&style); err != nil {
			return 0, nil, err
		}
	}
	header, err = file.NewStyle(&excelize.Style{Border: borders, Font: &excelize.Font{Family: "微软雅黑", Size: 10, Bold: true}})
	return header, body, err
}

// writeGofpdf writes the same lines as gofpdf's documentation shows it: cells with a border, header and footer by its hooks.
func writeGofpdf(path string, rows int64) error {
	const margin, rowHeight, size, rowsPerPage = 12.0, 5.8, 8.5, 29
	font, err := fontFile()
	if err != nil {
		return err
	}
	pdf := gofpdf.New("L", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes("NotoSansSC", "", font)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetDrawColor(150, 150, 150)
	pdf.SetFillColor(220, 230, 241)
	pdf.AliasNbPages("{nb}")
	widths, columns := gofpdfWidths(columns()[:pdfColumns], 297-2*margin), columns()[:pdfColumns]
	pdf.SetHeaderFunc(func() {
		pdf.SetFont("NotoSansSC", "", size)
		for i, column := range columns {
			pdf.CellFormat(widths[i], rowHeight, column.Title, "1", 0, "C", true, 0, "")
		}
		pdf.Ln(rowHeight)
	})
	pdf.SetFooterFunc(func() {
		pdf.SetY(-margin)
		pdf.CellFormat(0, rowHeight, fmt.Sprintf("第 %d 页 共 {nb} 页", pdf.PageNo()), "", 0, "R", false, 0, "")
	})
	count := 0
	for row := range lines(rows, pdfColumns, period.Zone()) {
		if count%rowsPerPage == 0 {
			pdf.AddPage()
		}
		count++
		for i, column := range columns {
			text, side := gofpdfText(column.Type, row[i])
			pdf.CellFormat(widths[i], rowHeight, text, "1", 0, side, false, 0, "")
		}
		pdf.Ln(rowHeight)
	}
	return pdf.OutputFileAndClose(path)
}

func gofpdfText(kind statement.CellType, cell statement.Cell) (text, side string) {
	switch kind {
	case statement.Amount:
		return cell.Fen.Grouped(), "R"
	case statement.Moment:
		return cell.Time.Format("2006-01-02 15:04:05"), "C"
	case statement.Day:
		return cell.Time.Format("2006-01-02"), "C"
	}
	return cell.Text, "L"
}

func gofpdfWidths(columns []statement.Column, page float64) []float64 {
	total, widths := 0, make([]float64, len(columns))
	for _, column := range columns {
		total += column.Width
	}
	for i, column := range columns {
		widths[i] = page * float64(column.Width) / float64(total)
	}
	return widths
}

// fontFile is the font that our documents embed.
func fontFile() ([]byte, error) {
	return os.ReadFile(filepath.Join("..", "statement", "font", "NotoSansSC-Regular.ttf"))
}

package paper

import (
	"bytes"
	"fmt"
	"time"

	"github.com/jung-kurt/gofpdf"

	"tollbook/backend/hall"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/statement/font"
)

// Places on the page, in mm. It is as large as toll invoices are, half of an A4 page, so that prints of a sample come out as real ones do.
const (
	pageWidth, pageHeight = 210, 140
	margin                = 12
	lineHeight            = 6.2
	tripHeight            = 5.2
	listTop               = 30
	listBottom            = pageHeight - 16
)

const typeface = "sans"

// sheet is a document that is being drawn.
type sheet struct {
	*gofpdf.Fpdf
	issue hall.Issue
}

func makePDF(issue hall.Issue) ([]byte, error) {
	pdf := gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "L", UnitStr: "mm", Size: gofpdf.SizeType{Wd: pageHeight, Ht: pageWidth}})
	pdf.AddUTF8FontFromBytes(typeface, "", []byte(font.Regular()))
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(issue.Invoice.IssuedAt)
	pdf.SetModificationDate(issue.Invoice.IssuedAt)
	pdf.SetTitle("样例 "+issue.Invoice.Number, true)
	pdf.SetAutoPageBreak(false, 0)
	s := sheet{pdf, issue}
	s.drawInvoice()
	s.drawTrips()
	var body bytes.Buffer
	if err := pdf.Output(&body); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}

// open begins a page with what all pages say.
func (s sheet) open() {
	s.AddPage()
	s.drawMark()
	s.SetFillColor(23, 98, 128)
	s.Rect(0, 0, pageWidth, 7, "F")
	s.write(margin, 4.9, 9, 255, "样例 · 通行账本体验模式")
	s.writeRight(pageWidth-margin, 4.9, 9, 255, "样例 · "+s.issue.Invoice.Number)
	s.write(margin, pageHeight-6, 8, 90, notAnInvoice)
	s.writeRight(pageWidth-margin, pageHeight-6, 8, 90, fmt.Sprintf("第 %d 页", s.PageNo()))
}

// drawMark writes 样例 across the page, beneath everything else.
func (s sheet) drawMark() {
	const tilt, size = 28, 64
	for _, x := range []float64{18, 88, 158} {
		for _, y := range []float64{62, 118} {
			s.TransformBegin()
			s.TransformRotate(tilt, x, y)
			s.write(x, y, size, 228, "样例")
			s.TransformEnd()
		}
	}
}

func (s sheet) write(x, y, size float64, grey int, text string) {
	s.SetFont(typeface, "", size)
	s.SetTextColor(grey, grey, grey)
	s.Text(x, y, text)
}

func (s sheet) writeRight(x, y, size float64, grey int, text string) {
	s.SetFont(typeface, "", size)
	s.write(x-s.GetStringWidth(text), y, size, grey, text)
}

// drawInvoice draws the first page: what the invoice says, as a list of facts.
func (s sheet) drawInvoice() {
	s.open()
	i, v := s.issue.Invoice, s.issue.Vehicle
	s.write(margin, 19, 18, 0, "通行费"+typeName(i)+"（样例）")
	first, last := passageDays(s.issue.Trips, time.DateOnly)
	left := [][2]string{
		{"发票号码", i.Number}, {"开票日期", i.IssuedAt.Format("2006年01月02日")}, {"购买方", i.Title}, {"购买方税号", s.issue.Account.DocumentNumber},
		{"销售方", sellerName}, {"销售方税号", sellerNumber}, {"项目名称", itemName(i)},
		{"车牌号", plate.Plate{Number: v.PlateNumber, Color: plate.Color(v.PlateColor)}.String()}, {"车辆类型", vehicleKind(v)},
		{"通行日期", fmt.Sprintf("%s 至 %s", first, last)}, {"通行次数", fmt.Sprint(len(s.issue.Trips))},
	}
	for n, fact := range left {
		y := 31 + float64(n)*lineHeight
		s.write(margin, y, 9, 110, fact[0])
		s.write(margin+26, y, 10.5, 0, fact[1])
	}
	s.drawAmounts(i)
	s.write(margin, 31+11*lineHeight+3, 9, 110, "合计大写")
	s.write(margin+26, 31+11*lineHeight+3, 10.5, 0, inWords(i.Total))
	s.write(margin, 31+12*lineHeight+3, 9, 110, "备注")
	s.write(margin+26, 31+12*lineHeight+3, 9, 0, notAnInvoice)
}

func (s sheet) drawAmounts(i record.Invoice) {
	const left, right, top = 140, pageWidth - margin, 34
	s.SetDrawColor(150, 170, 180)
	s.Line(left-6, top-6, left-6, top+50)
	for n, amount := range [][2]string{
		{"金额", i.Net.Grouped()}, {"税率/征收率", percent(i.TaxRate)}, {"税额", i.Tax.Grouped()}, {"价税合计", i.Total.Grouped()},
	} {
		y := top + float64(n)*13
		s.write(left, y, 9, 110, amount[0])
		s.writeRight(right, y, 14, 0, amount[1])
	}
}

func typeName(i record.Invoice) string {
	if i.Type == record.InvoiceMerged {
		return "合并票"
	}
	return "单程票"
}

// drawTrips lists the trips on as many pages as they need.
func (s sheet) drawTrips() {
	y := float64(listBottom)
	for n, trip := range s.issue.Trips {
		if y+tripHeight > listBottom {
			s.openList()
			y = listTop + tripHeight
		}
		y += tripHeight
		s.write(margin, y, 8.5, 0, fmt.Sprint(n+1))
		s.write(margin+10, y, 8.5, 0, trip.ExitedAt.Format(time.DateTime))
		s.write(margin+50, y, 8.5, 0, record.Stations(trip.EntryStation, trip.ExitStation, trip.Place))
		s.writeRight(pageWidth-margin, y, 8.5, 0, trip.Paid.Grouped())
	}
}

func (s sheet) openList() {
	s.open()
	s.write(margin, 19, 14, 0, "通行明细（样例）")
	for _, head := range []struct {
		x    float64
		text string
	}{{margin, "序号"}, {margin + 10, "通行时间"}, {margin + 50, "出入口站点"}} {
		s.write(head.x, listTop, 8.5, 110, head.text)
	}
	s.writeRight(pageWidth-margin, listTop, 8.5, 110, "通行金额(元)")
	s.SetDrawColor(150, 170, 180)
	s.Line(margin, listTop+2, pageWidth-margin, listTop+2)
}

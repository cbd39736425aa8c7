package paper

import (
	"bytes"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// merged is a merged invoice of so many trips of 1 yuan and 1 fen each.
func merged(trips int) hall.Issue {
	at := time.Date(2024, 11, 3, 8, 0, 0, 0, period.Zone())
	total := money.Fen(101 * trips)
	issue := hall.Issue{
		Account: hall.Account{Name: "样例运输有限公司", DocumentNumber: "9199000000000000XY"},
		Vehicle: record.Vehicle{PlateNumber: "浙Z00001", PlateColor: 1, Class: 12},
		Invoice: record.Invoice{ID: 7, Type: record.InvoiceMerged, Number: "24337900000000000007", Title: "样例运输有限公司", Payee: "浙江高速公路智能收费运营服务有限公司",
			IssuedAt: at.AddDate(0, 1, 0), TaxRate: 300, Total: total, Net: total - 3, Tax: 3},
	}
	for i := range trips {
		issue.Trips = append(issue.Trips, record.Trip{ID: int64(i + 1), ExitedAt: at.Add(time.Duration(i) * time.Hour), EntryStation: "浙江临平站", ExitStation: "上海新桥主线站", Paid: 101})
		issue.Invoice.TripIDs = append(issue.Invoice.TripIDs, int64(i+1))
	}
	return issue
}

// What poppler reads out of the PDF is what the record says, each page calls itself a sample, and no real company or state form is on it.
func TestThePDFSaysWhatTheRecordSaysAndThatItIsASample(t *testing.T) {
	const trips = 45
	documents, err := Issue(merged(trips))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sample.pdf")
	if err := os.WriteFile(path, documents[0].Body, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := string(out)
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	if len(pages) != 4 { // the facts, and 45 trips by 17
		t.Errorf("%d pages", len(pages))
	}
	for n, page := range pages {
		if !strings.Contains(page, notAnInvoice) || strings.Count(page, "样") < 8 || strings.Count(page, "例") < 8 {
			t.Errorf("page %d does not call itself a sample:\n%s", n+1, page)
		}
	}
	for _, want := range []string{"24337900000000000007", "2024年12月03日", "浙Z00001【黄色】", "货车", "45.42", "3%", "0.03", "45.45", "肆拾伍元肆角伍分", sellerName, "2024-11-03 至 2024-11-05", "2024-11-03 08:00:00"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, pages[0])
		}
	}
	for _, never := range []string{"智能收费运营", "电子发票（普通发票）", "监制", "税务局"} {
		if strings.Contains(text, never) {
			t.Errorf("a sample says %q", never)
		}
	}
	if strings.Count(text, "浙江临平站 上海新桥主线站") != trips {
		t.Errorf("%d of %d trips are listed", strings.Count(text, "浙江临平站 上海新桥主线站"), trips)
	}
}

func TestTheSameInvoiceGivesTheSameBytes(t *testing.T) {
	first, err := Issue(merged(3))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Issue(merged(3))
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		if !bytes.Equal(first[i].Body, again[i].Body) {
			t.Errorf("the %s differs", first[i].Kind)
		}
	}
}

func TestTheXMLHasTheStructureOfADigitalInvoice(t *testing.T) {
	documents, err := Issue(merged(2))
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		ID    string `xml:"Header>EIid"`
		Total string `xml:"EInvoiceData>BasicInformation>TotalTax-includedAmount"`
		Net   string `xml:"EInvoiceData>BasicInformation>TotalAmWithoutTax"`
		Rate  string `xml:"EInvoiceData>IssuItemInformation>TaxRate"`
		Item  string `xml:"EInvoiceData>IssuItemInformation>ItemName"`
		Plate string `xml:"EInvoiceData>SpecificInformation>Toll>PlateNumber"`
		From  string `xml:"EInvoiceData>SpecificInformation>Toll>StartDatesOfPassage"`
		Note  string `xml:"EInvoiceData>AdditionalInformation>Remark"`
		Until string `xml:"TaxSupervisionInfo>IssueTime"`
	}
	if err := xml.Unmarshal(documents[1].Body, &read); err != nil {
		t.Fatal(err)
	}
	got := []string{read.ID, read.Total, read.Net, read.Rate, read.Item, read.Plate, read.From, read.Note, read.Until}
	want := []string{"24337900000000000007", "2.02", "1.99", "0.03", "*经营租赁*通行费", "浙Z00001", "20241103", notAnInvoice, "2024-12-03"}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
}

func TestAmountsInWords(t *testing.T) {
	for amount, want := range map[money.Fen]string{
		0: "零元整", 1: "壹分", 10: "壹角", 100: "壹元整", 105: "壹元零伍分", 1050: "壹拾元伍角", 10_100: "壹佰零壹元整", 2_559_973: "贰万伍仟伍佰玖拾玖元柒角叁分",
		1_000_500: "壹万零伍元整", 10_000_000: "壹拾万元整", 10_010_000: "壹拾万零壹佰元整", 100_000_001_000: "壹拾亿零壹拾元整", -561: "负伍元陆角壹分",
	} {
		if got := inWords(amount); got != want {
			t.Errorf("%s is %s, want %s", amount, got, want)
		}
	}
}

func BenchmarkIssue(b *testing.B) {
	issue := merged(1)
	for b.Loop() {
		if _, err := Issue(issue); err != nil {
			b.Fatal(err)
		}
	}
}

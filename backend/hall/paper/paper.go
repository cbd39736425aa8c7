// Package paper makes the documents of a sample's invoices: a PDF, and an XML with the structure of a digital invoice (数电票). They say on
// every page that they are samples, name a seller that does not exist, and look nothing like the state's form. The same invoice always
// gives the same bytes.
package paper

import (
	"fmt"

	"tollbook/backend/hall"
	"tollbook/backend/hallapi"
	"tollbook/backend/record"
)

// The seller of all sample documents. Its number has letters that no 统一社会信用代码 has, and fails its check.
const (
	sellerName   = "样例收费公路运营有限公司（虚构）"
	sellerNumber = "SAMPLE000000000000"
	sellerPlace  = "样例省样例市样例路 1 号"
	notAnInvoice = "样例数据，不是发票，不能入账、报销或抵扣"
	drawer       = "样例"
)

// Issue makes the documents of an invoice; it is a hall.Issuer.
func Issue(issue hall.Issue) ([]hall.Document, error) {
	pdf, err := makePDF(issue)
	if err != nil {
		return nil, fmt.Errorf("make the PDF: %w", err)
	}
	xml, err := makeXML(issue)
	if err != nil {
		return nil, fmt.Errorf("make the XML: %w", err)
	}
	return []hall.Document{{Kind: hallapi.DocumentPDF, Body: pdf}, {Kind: hallapi.DocumentXML, Body: xml}}, nil
}

// itemName is what toll invoices call their service; the name changed with the VAT law of 2026 (DOMAIN 2.1).
func itemName(i record.Invoice) string {
	const since = 2026
	if i.IssuedAt.Year() < since {
		return "*经营租赁*通行费"
	}
	return "*生产生活服务*通行费"
}

// vehicleKind is 车辆类型 as toll invoices print it: coaches have the classes 1 to 4 (JT/T 489-2019).
func vehicleKind(v record.Vehicle) string {
	const lastCoach = 4
	if v.Class <= lastCoach {
		return "客车"
	}
	return "货车"
}

// passageDays are the first and last day of the trips; empty without trips.
func passageDays(trips []record.Trip, layout string) (first, last string) {
	for _, trip := range trips {
		begun := trip.ExitedAt
		if trip.EnteredAt != nil {
			begun = *trip.EnteredAt
		}
		if text := begun.Format(layout); first == "" || text < first {
			first = text
		}
		if text := trip.ExitedAt.Format(layout); text > last {
			last = text
		}
	}
	return first, last
}

// percent is a rate in hundredths of a percent as people read it: 300 is 3%, 350 is 3.50%.
func percent(rate int) string {
	const whole = 100
	if rate%whole == 0 {
		return fmt.Sprintf("%d%%", rate/whole)
	}
	return fmt.Sprintf("%d.%02d%%", rate/whole, rate%whole)
}

// rateText is a rate in hundredths of a percent as a fraction: 300 is 0.03.
func rateText(rate int) string {
	text := fmt.Sprintf("0.%04d", rate)
	for len(text) > len("0.00") && text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	return text
}

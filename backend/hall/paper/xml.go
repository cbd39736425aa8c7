package paper

import (
	"encoding/xml"
	"time"

	"tollbook/backend/hall"
)

// eInvoice is a digital invoice as it is exchanged (DOMAIN 2.3), without the signature that only the tax bureau can make.
type eInvoice struct {
	XMLName xml.Name `xml:"EInvoice"`
	Header  struct {
		EIid        string `xml:"EIid"`
		EInvoiceTag string `xml:"EInvoiceTag"`
		Version     string `xml:"Version"`
		Label       struct {
			InIssuType string
			Type       label `xml:"EInvoiceType"`
			VAT        label `xml:"GeneralOrSpecialVAT"`
		} `xml:"InherentLabel"`
	} `xml:"Header"`
	Data struct {
		Seller     seller     `xml:"SellerInformation"`
		Buyer      buyer      `xml:"BuyerInformation"`
		Basic      basic      `xml:"BasicInformation"`
		Item       item       `xml:"IssuItemInformation"`
		Toll       toll       `xml:"SpecificInformation>Toll"`
		Additional additional `xml:"AdditionalInformation"`
	} `xml:"EInvoiceData"`
	Tax struct {
		InvoiceNumber string
		IssueTime     string
		TaxBureauCode string
		TaxBureauName string
	} `xml:"TaxSupervisionInfo"`
}

type label struct {
	LabelCode string
	LabelName string
}

type seller struct {
	SellerIdNum string
	SellerName  string
	SellerAddr  string
}

type buyer struct {
	BuyerIdNum string
	BuyerName  string
}

type basic struct {
	TotalAmWithoutTax string
	TotalTaxAm        string
	Total             string `xml:"TotalTax-includedAmount"`
	TotalInChinese    string `xml:"TotalTax-includedAmountInChinese"`
	Drawer            string
	RequestTime       string
}

type item struct {
	ItemName              string
	Amount                string
	TaxRate               string
	ComTaxAm              string
	Total                 string `xml:"TotaltaxIncludedAmount"`
	TaxClassificationCode string
}

type toll struct {
	PlateNumber         string
	VehicleType         string
	StartDatesOfPassage string
	EndDatesOfPassage   string
}

type additional struct{ Remark string }

// tollClassification is the classification of toll services among goods and services (DOMAIN 2.1).
const tollClassification = "3040502020301000000"

func makeXML(issue hall.Issue) ([]byte, error) {
	i := issue.Invoice
	var e eInvoice
	e.Header.EIid, e.Header.EInvoiceTag, e.Header.Version = i.Number, "SAMPLE", "0.32"
	e.Header.Label.InIssuType = "Y"
	e.Header.Label.Type, e.Header.Label.VAT = label{"02", "样例（普通发票的结构）"}, label{"02", "普通"}
	e.Data.Seller = seller{sellerNumber, sellerName, sellerPlace}
	e.Data.Buyer = buyer{issue.Account.DocumentNumber, i.Title}
	e.Data.Basic = basic{i.Net.String(), i.Tax.String(), i.Total.String(), inWords(i.Total), drawer, i.IssuedAt.Format(time.DateTime)}
	e.Data.Item = item{itemName(i), i.Net.String(), rateText(i.TaxRate), i.Tax.String(), i.Total.String(), tollClassification}
	first, last := passageDays(issue.Trips, "20060102")
	e.Data.Toll = toll{issue.Vehicle.PlateNumber, vehicleKind(issue.Vehicle), first, last}
	e.Data.Additional.Remark = notAnInvoice
	e.Tax.InvoiceNumber, e.Tax.IssueTime = i.Number, i.IssuedAt.Format(time.DateOnly)
	e.Tax.TaxBureauCode, e.Tax.TaxBureauName = "00000000000", "样例税务局（虚构）"
	body, err := xml.MarshalIndent(e, "", "  ")
	if err != nil {
		return nil, err
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}

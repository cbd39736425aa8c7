package monthly

import (
	"context"

	"tollbook/backend/money"
	"tollbook/backend/store"
)

// Preview is what the cover of a statement would say now, and the first rows of its summary. Sums are fen.
type Preview struct {
	Period            string       `json:"period"`
	Scope             string       `json:"scope"`       // in words; empty: the whole fleet
	Provisional       string       `json:"provisional"` // the months not yet final, in words; empty: all are
	Scenes            []SceneSum   `json:"scenes"`
	Lines             int64        `json:"lines"`
	SumFen            money.Fen    `json:"sumFen"`
	ProvisionalLines  int64        `json:"provisionalLines"`
	ProvisionalSumFen money.Fen    `json:"provisionalSumFen"`
	Vehicles          int64        `json:"vehicles"` // with bill lines
	Refunds           int64        `json:"refunds"`
	RefundSumFen      money.Fen    `json:"refundSumFen"` // negative, as on the bill
	Invoices          int64        `json:"invoices"`
	InvoiceSumFen     money.Fen    `json:"invoiceSumFen"`
	InvoiceTaxFen     money.Fen    `json:"invoiceTaxFen"`
	Groups            int64        `json:"groups"`
	Summary           []SummaryRow `json:"summary"` // the first of them
	Files             int64        `json:"files"`   // statements that will be made: one, or one a vehicle
	Rows              int64        `json:"rows"`    // rows of all parts
}

// SceneSum is what a scene comes to.
type SceneSum struct {
	Scene  string    `json:"scene"`
	Lines  int64     `json:"lines"`
	SumFen money.Fen `json:"sumFen"`
}

// SummaryRow is a row of the summary. Scenes are in the order of the preview's.
type SummaryRow struct {
	Group    string      `json:"group"`
	Vehicles int64       `json:"vehicles"`
	Lines    int64       `json:"lines"`
	Scenes   []money.Fen `json:"scenes"`
	SumFen   money.Fen   `json:"sumFen"`
}

// previewRows is how many rows of the summary a preview has.
const previewRows = 10

// Preview adds an order up. Its cost is that of the sums within the months, not of their lines, but for a group added up by the groups
// of another kind.
func (s *Service) Preview(ctx context.Context, order Order) (Preview, error) {
	o, err := parse(order)
	if err != nil {
		return Preview{}, err
	}
	var preview Preview
	err = s.store.AtOneMoment(ctx, func(m store.Moment) error {
		d, err := s.draft(ctx, m, o, false)
		if err == nil {
			preview = d.preview()
		}
		return err
	})
	return preview, err
}

func (d draft) preview() Preview {
	total, invoices, summary := tallyOf(d.shares), d.invoiceTotal(), d.summary()
	p := Preview{
		Period: d.cover.Period, Scope: d.scope, Provisional: d.cover.Provisional, Lines: total.rows, SumFen: total.amount,
		ProvisionalLines: total.provisionalRows, ProvisionalSumFen: total.provisionalAmount, Vehicles: int64(len(d.billed())),
		Refunds: total.scenes[refundScene].rows, RefundSumFen: total.amountOf(refundScene),
		Invoices: invoices.Rows, InvoiceSumFen: invoices.Total, InvoiceTaxFen: invoices.TaxAmount,
		Groups: int64(len(summary)), Summary: []SummaryRow{}, Files: 1, Rows: d.allRows(),
	}
	for i, scene := range sceneOrder() {
		p.Scenes = append(p.Scenes, SceneSum{Scene: scene, Lines: total.scenes[i].rows, SumFen: total.amountOf(i)})
	}
	for _, row := range summary[:min(len(summary), previewRows)] {
		shown := SummaryRow{Group: row.group, Vehicles: row.vehicles, Lines: row.tally.rows, SumFen: row.tally.amount}
		for i := range sceneOrder() {
			shown.Scenes = append(shown.Scenes, row.tally.amountOf(i))
		}
		p.Summary = append(p.Summary, shown)
	}
	if d.order.perVehicle {
		p.Files = max(1, int64(len(d.vehicles())))
	}
	return p
}

package hall

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tollbook/backend/hall/alipay"
	"tollbook/backend/hall/pgtest"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// payer is a payment provider in memory: each order is paid as soon as it is asked for.
type payer struct {
	Payments
	totals map[string]money.Fen
}

func (p *payer) PageURL(order alipay.Order) (string, error) {
	p.totals[order.Number] = order.Total
	return "https://gateway.invalid/" + order.Number, nil
}

func (p *payer) Query(_ context.Context, number string) (alipay.Trade, error) {
	return alipay.Trade{Number: "T" + number, OrderNumber: number, Status: alipay.Success, Total: p.totals[number]}, nil
}

// benched is a hall on one of the stores, with an account of 5,000 bill lines and a clock that goes as fast as it is needed.
type benched struct {
	hall *Hall
	now  time.Time
	next int
}

const benchedAccount AccountID = 1

func newBenched(b *testing.B, config Config) *benched {
	w := &benched{now: time.Date(2026, 11, 20, 9, 0, 0, 0, period.Zone())}
	config.Now, config.Payments = func() time.Time { return w.now }, &payer{totals: map[string]money.Fen{}}
	config.Funds = FundsRules{MinRecharge: 1, MaxRecharge: 1000, PayWithin: time.Hour}
	var err error
	if w.hall, err = Open(b.Context(), config); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := w.hall.Close(); err != nil {
			b.Error(err)
		}
	})
	var history []Revision
	for id := int64(1); id <= 5000; id++ {
		history = append(history, Revision{Record: &record.BillLine{ID: id, VehicleID: 1, CardID: 1, Scene: record.SceneExpressway, PassedAt: w.now, PostedOn: "2026-11-20",
			EntryStation: "样例临平站", ExitStation: "样例主线站", Charged: 6460, TripID: id}})
	}
	holder := Account{ID: benchedAccount, UserKind: hallapi.Unit, Phone: phoneOf(0), Name: "样例", DocumentType: "102", DocumentNumber: "1", OpenedAt: w.now}
	if err := w.hall.store.PutAccount(b.Context(), holder); err != nil {
		b.Fatal(err)
	}
	if err := w.hall.store.Load(b.Context(), benchedAccount, slices.Values([][]Revision{history})); err != nil {
		b.Fatal(err)
	}
	return w
}

func phoneOf(n int) string { return fmt.Sprintf("1%010d", n) }

// page reads a page of the feed.
func (w *benched) page(ctx context.Context) error {
	page, err := w.hall.store.FeedPage(ctx, benchedAccount, "", 2000, 1000)
	if err == nil && len(page.Changes) != 1000 {
		err = fmt.Errorf("%d changes", len(page.Changes))
	}
	return err
}

// signIn asks for a code and signs in with it.
func (w *benched) signIn(ctx context.Context) error {
	w.now = w.now.Add(3 * time.Hour) // ten codes a day
	outbox := w.hall.signIns.sender.(*Outbox)
	if err := w.hall.signIns.requestCode(ctx, hallapi.CodeRequest{UserKind: hallapi.Unit, Phone: phoneOf(0), Purpose: forSignIn}); err != nil {
		return err
	}
	_, err := w.hall.signIns.signIn(ctx, hallapi.SignIn{UserKind: hallapi.Unit, Phone: phoneOf(0), Code: outbox.LastCode(phoneOf(0))})
	return err
}

// recharge orders a recharge, learns that it is paid, and credits it.
func (w *benched) recharge(ctx context.Context) error {
	w.next++
	w.now = w.now.Add(3 * time.Second)
	order, err := w.hall.createRecharge(ctx, liveSession{account: benchedAccount, login: login{id: 1}}, hallapi.RechargeCommand{IdempotencyKey: fmt.Sprintf("recharge-%012d", w.next),
		Target: hallapi.TargetAccount, AmountFen: 1})
	if err != nil {
		return err
	}
	w.now = w.now.Add(3 * time.Second)
	order, err = w.hall.recharge(ctx, benchedAccount, order.OrderNumber)
	if err == nil && order.Status != record.RechargeSubmitted {
		err = fmt.Errorf("the order is %s", order.Status)
	}
	return err
}

// BenchmarkPostgresAgainstSQLite does the same on both stores in turn, both of which wait for the disk, and tells how many times as long
// PostgreSQL takes on the same computer.
func BenchmarkPostgresAgainstSQLite(b *testing.B) {
	var server pgtest.Server
	server.Durable = true
	address := server.Database(b, "nothing", func(string) error { return nil })
	b.Cleanup(func() {
		if err := server.Stop(); err != nil {
			b.Error(err)
		}
	})
	sqlite := newBenched(b, Config{Path: filepath.Join(b.TempDir(), "hall.db")})
	postgres := newBenched(b, Config{Postgres: Postgres{URL: address}})
	for name, work := range map[string]func(*benched, context.Context) error{"page of 1000": (*benched).page, "sign-in": (*benched).signIn, "recharge": (*benched).recharge} {
		b.Run(name, func(b *testing.B) {
			var took [2]time.Duration
			for b.Loop() {
				for i, w := range []*benched{sqlite, postgres} {
					begun := time.Now()
					if err := work(w, b.Context()); err != nil {
						b.Fatal(err)
					}
					took[i] += time.Since(begun)
				}
			}
			b.ReportMetric(float64(took[1])/float64(took[0]), "postgres/sqlite")
			for i, store := range []string{"sqlite", "postgres"} {
				b.ReportMetric(float64(took[i].Microseconds())/float64(b.N)/1000, store+"-ms")
			}
		})
	}
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hall/pgtest"
	"tollbook/backend/hall/sandbox"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// asHall turns this test program into the hall's, so that a test can kill it.
const asHall = "TOLLBOOK_TEST_AS_HALL"

func TestMain(m *testing.M) {
	if os.Getenv(asHall) != "" {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(postgresServer.Main(m))
}

// postgresServer is that of all tests of the program.
var postgresServer pgtest.Server

// postgresDatabase gives the address of a new database that holds nothing.
func postgresDatabase(t *testing.T) string {
	t.Helper()
	return postgresServer.Database(t, "nothing", func(string) error { return nil })
}

// ward is a hall, of one process or of several on one database, which are killed and started again, its clients, and the payment gateway, which
// lives on and knows the first process.
type ward struct {
	t         *testing.T
	folder    string
	db        []string // the options that name the database
	addresses []string
	gateway   *sandbox.Running
	processes []*exec.Cmd
	callers   []*hallapi.Caller
	asked     atomic.Int64
	answered  atomic.Int64
}

const (
	wardAccount hall.AccountID = 71
	wardCards                  = 50
	wardFunds   money.Fen      = 1_000_00
)

// newWard prepares an account with funds and cards, and starts its hall: a process on SQLite, or two on the PostgreSQL database of an address.
func newWard(t *testing.T, postgres string) *ward {
	w := &ward{t: t, folder: t.TempDir(), processes: make([]*exec.Cmd, 1)}
	w.db = []string{"--db", "sqlite:" + w.path("hall.db")}
	if postgres != "" {
		w.db, w.processes = []string{"--db", postgres, "--documents", w.path("documents")}, make([]*exec.Cmd, 2)
	}
	w.prepare(postgres)
	for range w.processes {
		listener, err := net.Listen("tcp", "127.0.0.1:0") // a port for all the lives of the process
		must(t, err)
		w.addresses = append(w.addresses, listener.Addr().String())
		must(t, listener.Close())
	}
	var err error
	w.gateway, err = sandbox.Start(sandbox.Config{}, "http://"+w.addresses[0]+hall.NotificationPath, "")
	must(t, err)
	t.Cleanup(func() { must(t, w.gateway.Stop()) })
	w.writeConfig()
	for i := range w.processes {
		w.begin(i)
	}
	w.signIn()
	return w
}

// caller is that of each process in turn.
func (w *ward) caller() *hallapi.Caller { return w.callers[int(w.asked.Add(1))%len(w.callers)] }

func (w *ward) path(name string) string { return filepath.Join(w.folder, name) }

func (w *ward) prepare(postgres string) {
	open := func() (*hall.Store, error) { return hall.OpenStore(w.t.Context(), w.path("hall.db")) }
	if postgres != "" {
		open = func() (*hall.Store, error) { return hall.OpenPostgres(w.t.Context(), hall.Postgres{URL: postgres}) }
	}
	store, err := open()
	must(w.t, err)
	issued := time.Date(2022, 1, 1, 9, 0, 0, 0, period.Zone())
	var records []record.Record
	for id := int64(1); id <= wardCards; id++ {
		records = append(records, &record.Card{ID: id, VehicleID: id, Number: fmt.Sprintf("33012211220000%06d", id), Type: record.CardStoredValue,
			Status: record.StatusIssued, IssuedAt: issued})
	}
	must(w.t, store.AddFixture(w.t.Context(), hall.Fixture{Records: records, Account: hall.Account{ID: wardAccount, UserKind: hallapi.Unit, Phone: "10000000001",
		Name: "样例运输有限公司", DocumentType: "102", DocumentNumber: "9199000000000000XY", OpenedAt: issued, Unallocated: wardFunds}}))
	must(w.t, store.Close())
}

func (w *ward) writeConfig() {
	merchant := w.gateway.Gateway.Merchant(w.gateway.URL, "", "")
	public, err := x509.MarshalPKIXPublicKey(merchant.GatewayKey)
	must(w.t, err)
	for name, block := range map[string]*pem.Block{"private.pem": {Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(merchant.PrivateKey)},
		"gateway.pem": {Type: "PUBLIC KEY", Bytes: public}} {
		must(w.t, os.WriteFile(w.path(name), pem.EncodeToMemory(block), 0o600))
	}
	config, err := json.Marshal(map[string]any{"appId": merchant.AppID, "sellerId": merchant.SellerID, "gateway": merchant.Gateway,
		"notifyUrl": "http://" + w.addresses[0] + hall.NotificationPath, "privateKeyFile": "private.pem", "gatewayKeyFile": "gateway.pem",
		"closedFrom": "00:00", "closedTo": "00:00"})
	must(w.t, err)
	must(w.t, os.WriteFile(w.path("alipay.json"), config, 0o600))
}

// begin starts a process of the hall and waits until it listens.
func (w *ward) begin(i int) {
	process := exec.Command(os.Args[0], append([]string{"serve", "--listen", w.addresses[i], "--alipay", w.path("alipay.json"), "--sms-outbox", w.path("codes.jsonl")}, w.db...)...)
	w.processes[i] = process
	process.Env = append(os.Environ(), asHall+"=1")
	var problems bytes.Buffer
	process.Stderr = &problems
	output, err := process.StdoutPipe()
	must(w.t, err)
	must(w.t, process.Start())
	if line, err := bufio.NewReader(output).ReadString('\n'); err != nil || !strings.HasPrefix(line, "listening on ") {
		w.t.Errorf("the hall does not start: %q, %v, %s", line, err, problems.String())
	}
}

// kill ends a process as a power cut of its machine's process table would: no handler runs.
func (w *ward) kill(i int) {
	must(w.t, w.processes[i].Process.Kill())
	var exit *exec.ExitError
	if err := w.processes[i].Wait(); err != nil && !errors.As(err, &exit) {
		w.t.Error(err)
	}
}

func (w *ward) signIn() {
	ctx := w.t.Context()
	caller := func(i int, token string) *hallapi.Caller {
		c, err := hallapi.NewCaller("http://"+w.addresses[i], token)
		must(w.t, err)
		return c
	}
	_, err := caller(0, "").RequestCode(ctx, hallapi.Unit, "10000000001")
	must(w.t, err)
	line, err := os.ReadFile(w.path("codes.jsonl"))
	must(w.t, err)
	_, code, _ := strings.Cut(string(line), `"code":"`)
	signedIn, err := caller(0, "").SignIn(ctx, hallapi.Unit, "10000000001", code[:6])
	must(w.t, err)
	for i := range w.processes {
		w.callers = append(w.callers, caller(i, signedIn.Token))
	}
	_, err = w.caller().Verify(ctx, hallapi.HolderProof{Name: "样例运输有限公司", DocumentType: "102", DocumentNumber: "9199000000000000XY"})
	must(w.t, err)
	_, err = w.caller().ChooseAccount(ctx, wardAccount.String())
	must(w.t, err)
}

// insist makes a call until the hall answers it, as a client does that never makes a new command of an old one.
func insist[A any](w *ward, call func(context.Context) (A, error)) (A, error) {
	for {
		answer, err := call(w.t.Context())
		switch code := fault.CodeOf(err); {
		case err == nil:
			w.answered.Add(1)
			return answer, nil
		case code == fault.HallUnreachable, code == fault.HallFailed, code == fault.HallNotRecognized, code == fault.PaymentUnavailable:
			time.Sleep(20 * time.Millisecond)
		default:
			return answer, err
		}
	}
}

// recharge orders, pays in one of the ways, and follows the order to its end; it gives what the account gets.
func (w *ward) recharge(n int) (money.Fen, error) {
	command := hallapi.RechargeCommand{IdempotencyKey: fmt.Sprintf("recharge-%012d", n), Target: hallapi.TargetAccount, AmountFen: int64(n + 1)}
	order, err := insist(w, func(ctx context.Context) (hallapi.RechargeOrder, error) {
		return w.caller().CreateRecharge(ctx, command)
	})
	if err != nil {
		return 0, err
	}
	button := []string{"pay", "repeat", "silent", "forge"}[n%4]
	if err := w.gateway.Gateway.Press(order.PayUrl, button); err != nil {
		return 0, err
	}
	if button == "forge" {
		closed, err := insist(w, func(ctx context.Context) (hallapi.RechargeOrder, error) {
			return w.caller().CloseRecharge(ctx, order.OrderNumber)
		})
		if err == nil && closed.Status != record.RechargeClosed {
			err = fmt.Errorf("order %s was forged and is %s", order.OrderNumber, closed.Status)
		}
		return 0, err
	}
	for order.Status != record.RechargeSubmitted {
		time.Sleep(50 * time.Millisecond)
		order, err = insist(w, func(ctx context.Context) (hallapi.RechargeOrder, error) {
			return w.caller().Recharge(ctx, order.OrderNumber)
		})
		if err != nil {
			return 0, err
		}
	}
	again, err := insist(w, func(ctx context.Context) (hallapi.RechargeOrder, error) {
		return w.caller().CreateRecharge(ctx, command)
	})
	if err == nil && again.OrderNumber != order.OrderNumber {
		err = fmt.Errorf("key %s has the orders %s and %s", command.IdempotencyKey, order.OrderNumber, again.OrderNumber)
	}
	return money.Fen(order.AmountFen), err
}

// allocate moves a little to three cards, and gives what left the account.
func (w *ward) allocate(n int) (money.Fen, error) {
	command := hallapi.AllocationCommand{IdempotencyKey: fmt.Sprintf("allocation-%012d", n)}
	for i := range int64(3) {
		command.Items = append(command.Items, hallapi.AllocationItem{CardId: 1 + (int64(n)+i*17)%wardCards, AmountFen: 1 + i})
	}
	done, err := insist(w, func(ctx context.Context) (hallapi.AllocationResult, error) { return w.caller().Allocate(ctx, command) })
	if err == nil && !done.Done {
		err = fmt.Errorf("allocation %d is refused: %s %v", n, done.Reason, done.Refusals)
	}
	return money.Fen(done.TotalFen), err
}

// 200 clients recharge and allocate on one account at once while the hall is killed again and again: nothing is lost and nothing doubled.
func TestNothingIsLostOrDoubledWhileTheHallIsKilled(t *testing.T) { survive(newWard(t, "")) }

// The same with two processes on one PostgreSQL database, of which one or the other is killed; each client asks both.
func TestNothingIsLostOrDoubledWhileOneOfTwoHallsIsKilled(t *testing.T) {
	survive(newWard(t, postgresDatabase(t)))
}

func survive(w *ward) {
	const clients, kills = 200, 5
	t := w.t
	var came, went atomic.Int64
	var group sync.WaitGroup
	for n := range clients {
		group.Go(func() {
			into, work := &came, w.recharge
			if n%2 == 1 {
				into, work = &went, w.allocate
			}
			amount, err := work(n / 2)
			into.Add(int64(amount))
			if err != nil {
				t.Errorf("client %d: %v", n, err)
			}
		})
	}
	for i := range kills {
		for w.answered.Load() < int64((i+1)*clients/(kills+2)) { // each time when more has been done
			time.Sleep(time.Millisecond)
		}
		time.Sleep(rand.N(20 * time.Millisecond))
		w.kill(i % len(w.processes))
		w.begin(i % len(w.processes))
	}
	group.Wait()
	w.compare(money.Fen(came.Load()), money.Fen(went.Load()), clients)
	for i := range w.processes {
		w.kill(i)
	}
	var out, problems bytes.Buffer
	if code := run(t.Context(), append([]string{"check"}, w.db[:2]...), &out, &problems); code != exitDone {
		t.Errorf("the ledger: exit %d\n%s%s", code, out.String(), problems.String())
	}
	t.Log(out.String())
}

// compare reads the account as a client does and compares it with what the clients were told.
func (w *ward) compare(came, went money.Fen, clients int) {
	funds, err := w.caller().Funds(w.t.Context())
	must(w.t, err)
	if want := wardFunds + came - went; money.Fen(funds.UnallocatedFen) != want || len(funds.OpenOrders) != 0 {
		w.t.Errorf("the account has %d fen, want %d; %d orders are open", funds.UnallocatedFen, want, len(funds.OpenOrders))
	}
	var onCards, credited, allocated money.Fen
	orders := map[string]bool{}
	recharges, allocations := 0, 0
	for _, kind := range []record.Kind{record.KindCard, record.KindRecharge, record.KindAllocation} {
		month := ""
		if kind != record.KindCard {
			month = period.MonthOf(time.Now()).String()
		}
		page, err := w.caller().Records(w.t.Context(), string(kind), month, 0)
		must(w.t, err)
		for _, body := range page.Records {
			r, err := record.Decode(kind, body)
			must(w.t, err)
			switch r := r.(type) {
			case *record.Card:
				onCards += r.Unloaded
			case *record.Recharge:
				recharges++
				orders[r.OrderNumber] = true
				if r.Status == record.RechargeSubmitted {
					credited += r.Ordered
				}
			case *record.Allocation:
				allocations++
				allocated += r.Allocated
			}
		}
	}
	if onCards != went || allocated != went || credited != came || recharges != clients/2 || len(orders) != clients/2 || allocations != 3*clients/2 {
		w.t.Errorf("%d fen are on cards and %d were allocated, want %d; %d were credited, want %d; %d recharges of %d orders, %d allocations",
			onCards, allocated, went, credited, came, recharges, len(orders), allocations)
	}
}

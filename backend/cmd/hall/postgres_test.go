package main

import (
	"database/sql"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"tollbook/backend/hall"
	"tollbook/backend/hallapi"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// A hall on SQLite moves to PostgreSQL: whoever was signed in stays it, the feed goes on where it was, documents and ledger are there, and the
// operator's commands work as before.
func TestAHallMovesToPostgreSQL(t *testing.T) {
	postgres := postgresDatabase(t)
	folder := t.TempDir()
	file, documents, outbox := filepath.Join(folder, "hall.db"), filepath.Join(folder, "documents"), filepath.Join(folder, "codes.jsonl")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := listener.Addr().String() // of both lives
	must(t, listener.Close())
	served := start(t, "serve", "--db", "sqlite:"+file, "--listen", address, "--sandbox", "--sample", "manual", "--sms-outbox", outbox)
	url, _ := served.address()
	caller := clerk(t, url, outbox)
	putInvoice(t, file)
	before, paper := look(t, caller)
	if code := served.end(); code != exitDone {
		t.Fatalf("the hall exits with %d", code)
	}

	if code, _, problems := command(t, "check", "--db", postgres); code != exitFailed || !strings.Contains(problems, "holds no hall") {
		t.Errorf("checking an empty database: exit %d, %s", code, problems)
	}
	move := []string{"move", "--from", file, "--to", postgres, "--documents", documents}
	code, out, problems := command(t, move...)
	if code != exitDone || !strings.Contains(out, "account 9: ") || !strings.Contains(problems, "feed: ") {
		t.Fatalf("moving: exit %d\n%s%s", code, out, problems)
	}
	if code, _, problems := command(t, move...); code != exitFailed || !strings.Contains(problems, "holds a hall already") {
		t.Errorf("moving twice: exit %d, %s", code, problems)
	}

	again := start(t, "serve", "--db", postgres, "--documents", documents, "--listen", address, "--sandbox", "--sms-outbox", outbox)
	again.address()
	after, samePaper := look(t, caller)
	if after.Head != before.Head || after.Epoch != before.Epoch || len(after.Changes) != len(before.Changes) || samePaper != paper {
		t.Errorf("the feed was at %d of %s and is at %d of %s; the document was %s and is %s", before.Head, before.Epoch, after.Head, after.Epoch, paper, samePaper)
	}
	for i, change := range after.Changes {
		if string(change.Record) != string(before.Changes[i].Record) {
			t.Fatalf("change %d was %s and is %s", change.Seq, before.Changes[i].Record, change.Record)
		}
	}
	code, out, problems = command(t, "load-card", "--db", postgres, "--account", "9", "--card", "16", "--amount", "150.00")
	if code != exitDone || !strings.Contains(out, "of 150.00 yuan onto card 16: succeeded") {
		t.Errorf("loading: exit %d, %s%s", code, out, problems)
	}
	changes := writeLines(t, cardLine(900, "issued"))
	if code, out, problems := command(t, "apply", "--db", postgres, "--account", "9", changes); code != exitDone {
		t.Errorf("applying: exit %d, %s%s", code, out, problems)
	}
	if code, _, problems := command(t, "settle-dispute", "--db", postgres, "--order", "1"); code != exitFailed || !strings.Contains(problems, "no order 1") {
		t.Errorf("settling no order: exit %d, %s", code, problems)
	}
	if now, _ := look(t, caller); now.Head != before.Head+3 { // the load, its card, the new card
		t.Errorf("the feed was at %d and is at %d", before.Head, now.Head)
	}
	if code := again.end(); code != exitDone {
		t.Errorf("the hall exits with %d", code)
	}
	db, err := sql.Open("pgx", postgres)
	must(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `UPDATE account SET unallocated_fen = unallocated_fen + 1 WHERE id = 9`)
	must(t, err)
	code, out, _ = command(t, "check", "--db", postgres)
	if code != exitFailed || !strings.Contains(out, "WRONG: funds 0 holds 22 fen, the ledger says 21") {
		t.Errorf("checking a spoilt database: exit %d, %s", code, out)
	}
}

// putInvoice adds an invoice with its document to the manual's account.
func putInvoice(t *testing.T, file string) {
	t.Helper()
	store, err := hall.OpenStore(t.Context(), file)
	must(t, err)
	_, err = store.Apply(t.Context(), 9, []hall.Change{hall.Upsert(&record.Invoice{ID: 1, IssuedAt: time.Date(2024, 1, 5, 0, 0, 0, 0, period.Zone()), Total: 100})})
	must(t, err)
	must(t, store.PutDocuments(t.Context(), 9, 1, []hall.Document{{Kind: hallapi.DocumentPDF, Body: []byte("%PDF-1.7 an invoice")}}))
	must(t, store.Close())
}

// look reads the whole feed, and the hash of the first document there is.
func look(t *testing.T, caller *hallapi.Caller) (hallapi.FeedPage, string) {
	t.Helper()
	var whole hallapi.FeedPage
	for more := true; more; more = whole.To < whole.Head {
		page, err := caller.Feed(t.Context(), whole.Epoch, whole.To, hallapi.PageLimit)
		must(t, err)
		page.Changes = append(whole.Changes, page.Changes...)
		whole = page
	}
	for _, change := range whole.Changes {
		if change.Kind != "invoice" {
			continue
		}
		found, err := caller.InvoiceDocuments(t.Context(), []int64{change.Id})
		must(t, err)
		body, _, _, err := caller.Document(t.Context(), found[0].Sha256, 0)
		must(t, err)
		must(t, body.Close())
		return whole, found[0].Sha256
	}
	t.Fatal("there is no invoice")
	return whole, ""
}

// A sample is generated into PostgreSQL as into a file.
func TestASampleIsServedFromPostgreSQL(t *testing.T) {
	postgres := postgresDatabase(t)
	args := []string{"serve", "--db", postgres, "--documents", filepath.Join(t.TempDir(), "documents"), "--listen", "127.0.0.1:0", "--sample", "vehicles=2,months=2,seed=1"}
	for range 2 { // the second time it is there
		served := start(t, args...)
		if _, printed := served.address(); len(printed) != 6 || !strings.Contains(printed[0], "vehicles=2,months=2,seed=1") {
			t.Fatalf("the hall printed %q", printed)
		}
		if code := served.end(); code != exitDone {
			t.Fatalf("interrupted, the hall exits with %d", code)
		}
	}
	if code, out, problems := command(t, "check", "--db", postgres); code != exitDone || strings.Contains(out, "WRONG") {
		t.Errorf("checking: exit %d, %s%s", code, out, problems)
	}
}

// A password on the command line is refused, and never repeated; an address that leads nowhere is a failure that says so.
func TestAPasswordInTheAddressIsRefusedAndNotRepeated(t *testing.T) {
	for _, db := range []string{"postgres://hall:geheim-123@localhost/hall", "postgresql://localhost/hall?password=geheim-123", "postgres://hall:geheim-123@[/hall",
		"host=localhost password=geheim-123", "mysql://hall:geheim-123@localhost/hall"} {
		for _, args := range [][]string{{"serve", "--db", db, "--documents", t.TempDir()}, {"check", "--db", db}, {"load-card", "--db", db, "--account", "1", "--card", "1", "--amount", "1.00"},
			{"move", "--from", "hall.db", "--to", db}} {
			code, out, problems := command(t, args...)
			if code != exitUsage || strings.Contains(out+problems, "geheim") {
				t.Errorf("%s %s: exit %d, %s%s", args[0], db, code, out, problems)
			}
		}
	}
	t.Setenv("PGPASSWORD", "geheim-123")
	nowhere := "postgres:///hall?host=" + t.TempDir()
	code, out, problems := command(t, "check", "--db", nowhere)
	if code != exitFailed || !strings.Contains(problems, "connect") || strings.Contains(out+problems, "geheim") {
		t.Errorf("a server that is not there: exit %d, %s%s", code, out, problems)
	}
	if code, _, problems := command(t, "serve", "--db", nowhere); code != exitUsage || !strings.Contains(problems, "--documents") {
		t.Errorf("serving without a folder of documents: exit %d, %s", code, problems)
	}
}

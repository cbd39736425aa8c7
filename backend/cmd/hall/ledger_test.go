package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"
)

// An operator loads a card, proves the ledger, and is told by number and account what is wrong.
func TestAnOperatorLoadsACardAndProvesTheLedger(t *testing.T) {
	db := filepath.Join(t.TempDir(), "hall.db")
	served := start(t, "serve", "--db", "sqlite:"+db, "--listen", "127.0.0.1:0", "--sandbox", "--sample", "manual")
	served.address()
	// Card 16 of the manual's account has 200.00 yuan to load.
	load := func(amount string, more ...string) (int, string, string) {
		return command(t, append([]string{"load-card", "--db", "sqlite:" + db, "--account", "9", "--card", "16", "--amount", amount}, more...)...)
	}
	if code, out, problems := load("150.00"); code != exitDone || !strings.Contains(out, "of 150.00 yuan onto card 16: succeeded") {
		t.Errorf("loading: exit %d, %s%s", code, out, problems)
	}
	if code, out, problems := load("50.00", "--failed"); code != exitDone || !strings.Contains(out, "failed") {
		t.Errorf("a failed load: exit %d, %s%s", code, out, problems)
	}
	if code, _, problems := load("50.01"); code != exitFailed || !strings.Contains(problems, "has 50.00 yuan to load") {
		t.Errorf("loading more than waits: exit %d, %s", code, problems)
	}
	for _, amount := range []string{"", "1.234", "much"} {
		if code, _, _ := load(amount); code != exitUsage {
			t.Errorf("loading %q: exit %d", amount, code)
		}
	}
	if code, _, problems := command(t, "settle-dispute", "--db", "sqlite:"+db, "--order", "1"); code != exitFailed || !strings.Contains(problems, "no order 1") {
		t.Errorf("settling no order: exit %d, %s", code, problems)
	}
	code, out, problems := command(t, "check", "--db", "sqlite:"+db)
	if code != exitDone || !strings.Contains(out, "account 9: ") || strings.Contains(out, "WRONG") {
		t.Errorf("checking: exit %d, %s%s", code, out, problems)
	}
	if code := served.end(); code != exitDone {
		t.Errorf("the hall exits with %d", code)
	}
	spoil(t, db)
	code, out, _ = command(t, "check", "--db", "sqlite:"+db)
	if code != exitFailed || !strings.Contains(out, "WRONG: funds 0 holds 22 fen, the ledger says 21") {
		t.Errorf("checking a spoilt database: exit %d, %s", code, out)
	}
	if code, _, _ := command(t, "check", "--db", "sqlite:"+db+".missing"); code != exitFailed {
		t.Errorf("checking what is not there: exit %d", code)
	}
}

// spoil changes the account's funds behind the ledger's back.
func spoil(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	must(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `UPDATE account SET unallocated_fen = unallocated_fen + 1 WHERE id = 9`)
	must(t, err)
}

func TestPaymentOptionsAreCheckedBeforeTheHallServes(t *testing.T) {
	folder := t.TempDir()
	write := func(text string) string {
		path := filepath.Join(folder, "alipay.json")
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	serve := func(more ...string) (int, string) {
		code, _, problems := command(t, append([]string{"serve", "--db", "sqlite:" + filepath.Join(folder, "hall.db"), "--listen", "127.0.0.1:0"}, more...)...)
		return code, problems
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"both":               {[]string{"--sandbox", "--alipay", "x.json"}, exitUsage, "exclude each other"},
		"no file":            {[]string{"--alipay", filepath.Join(folder, "missing.json")}, exitFailed, "payment provider's file"},
		"a misspelt field":   {[]string{"--alipay", write(`{"appID":"1","gatway":"https://x"}`)}, exitFailed, "gatway"},
		"a clock of no time": {[]string{"--clock", "tomorrow"}, exitUsage, "--clock"},
	} {
		if code, problems := serve(c.args...); code != c.code || !strings.Contains(problems, c.says) {
			t.Errorf("%s: exit %d, %s", name, code, problems)
		}
	}
}

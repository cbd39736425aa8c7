package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tollbook/backend/hall/sample"
	"tollbook/backend/hallapi"
)

// cardLine is a change of a card of the manual's sample.
func cardLine(id int64, status string) string {
	return fmt.Sprintf(`{"kind":"card","record":{"id":%d,"vehicleId":1,"number":"33012211230000%06d","type":"charge","status":"%s",`+
		`"issuedAt":"2022-01-01T09:00:00+08:00","balanceFen":0,"unloadedFen":0}}`, id, id, status)
}

func writeLines(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "changes.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// command runs the program to its end.
func command(t *testing.T, args ...string) (code int, out, problems string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// clerk signs in to a hall that serves the manual's sample.
func clerk(t *testing.T, url, outbox string) *hallapi.Caller {
	t.Helper()
	ctx, who := t.Context(), sample.ManualSignIn()
	caller := func(token string) *hallapi.Caller {
		c, err := hallapi.NewCaller(url, token)
		must(t, err)
		return c
	}
	_, err := caller("").RequestCode(ctx, who.UserKind, who.Phone)
	must(t, err)
	line, err := os.ReadFile(outbox)
	must(t, err)
	_, code, _ := strings.Cut(string(line), `"code":"`)
	signedIn, err := caller("").SignIn(ctx, who.UserKind, who.Phone, code[:6])
	must(t, err)
	signed := caller(signedIn.Token)
	_, err = signed.Verify(ctx, hallapi.HolderProof{Name: who.Name, DocumentType: who.DocumentType, DocumentNumber: who.DocumentNumber})
	must(t, err)
	_, err = signed.ChooseAccount(ctx, "9")
	must(t, err)
	return signed
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// head is where the account's feed ends.
func head(t *testing.T, caller *hallapi.Caller) int64 {
	t.Helper()
	page, err := caller.Feed(t.Context(), "", 0, 1)
	must(t, err)
	return page.Head
}

func TestChangesAreAppliedWhileTheHallServes(t *testing.T) {
	folder := t.TempDir()
	db, outbox := "sqlite:"+filepath.Join(folder, "hall.db"), filepath.Join(folder, "codes.jsonl")
	hall := start(t, "serve", "--db", db, "--listen", "127.0.0.1:0", "--sample", "manual", "--sms-outbox", outbox)
	url, _ := hall.address()
	caller := clerk(t, url, outbox)
	before := head(t, caller)

	file := writeLines(t, cardLine(901, "issued"), "", cardLine(901, "frozen"), cardLine(902, "issued"), `{"kind":"card","id":902,"deleted":true}`)
	code, out, problems := command(t, "apply", "--db", db, "--account", "9", file)
	if want := fmt.Sprintf("applied 4 changes to account 9, whose feed now ends at %d\n", before+4); code != exitDone || out != want {
		t.Fatalf("apply exits with %d, says %q, %s", code, out, problems)
	}
	page, err := caller.Feed(t.Context(), "", before, 10)
	must(t, err)
	if len(page.Changes) != 4 || !strings.Contains(string(page.Changes[1].Record), `"frozen"`) || !page.Changes[3].Deleted {
		t.Errorf("the feed gives %+v", page.Changes)
	}
	if code := hall.end(); code != exitDone {
		t.Errorf("the hall exits with %d", code)
	}
}

func TestABadLineIsNamedAndNothingIsWritten(t *testing.T) {
	folder := t.TempDir()
	db, outbox := "sqlite:"+filepath.Join(folder, "hall.db"), filepath.Join(folder, "codes.jsonl")
	hall := start(t, "serve", "--db", db, "--listen", "127.0.0.1:0", "--sample", "manual", "--sms-outbox", outbox)
	url, _ := hall.address()
	caller := clerk(t, url, outbox)
	before := head(t, caller)
	for bad, reason := range map[string]string{
		`{"kind":"card"`: "EOF",
		strings.Replace(cardLine(902, "issued"), `"type":"charge",`, "", 1): "lacks [type]",
		`{"kind":"card","id":902,"deleted":true}`:                           "there is no such record",
	} {
		code, out, problems := command(t, "apply", "--db", db, "--account", "9", writeLines(t, cardLine(901, "issued"), bad, cardLine(903, "issued")))
		if code != exitFailed || out != "" || !strings.Contains(problems, "changes.jsonl: line 2: ") || !strings.Contains(problems, reason) {
			t.Errorf("%s: exit %d, out %q, err %q", bad, code, out, problems)
		}
	}
	if code, _, problems := command(t, "apply", "--db", db, "--account", "8", writeLines(t, cardLine(901, "issued"))); code != exitFailed ||
		!strings.Contains(problems, "no account 8") {
		t.Errorf("an unknown account: exit %d, %s", code, problems)
	}
	if after := head(t, caller); after != before {
		t.Errorf("refused files moved the feed from %d to %d", before, after)
	}
}

func TestApplyIsCalledWrongly(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "hall.db")
	file := writeLines(t, cardLine(901, "issued"))
	for _, args := range [][]string{
		{"apply"}, {"apply", file}, {"apply", "--db", missing, "--account", "9", file}, {"apply", "--db", "sqlite:" + missing, file},
		{"apply", "--db", "sqlite:" + missing, "--account", "nine", file}, {"apply", "--db", "sqlite:" + missing, "--account", "9"},
		{"apply", "--db", "sqlite:" + missing, "--account", "9", file, file},
	} {
		if code, out, problems := command(t, args...); code != exitUsage || out != "" || problems == "" {
			t.Errorf("%v: exit %d, out %q, err %q", args, code, out, problems)
		}
	}
	for name, args := range map[string][]string{
		"no database": {"apply", "--db", "sqlite:" + missing, "--account", "9", file},
		"no file":     {"apply", "--db", "sqlite:" + missing, "--account", "9", file + ".gone"},
	} {
		if code, _, problems := command(t, args...); code != exitFailed || problems == "" {
			t.Errorf("%s: exit %d, err %q", name, code, problems)
		}
	}
	if _, err := os.Stat(missing); !os.IsNotExist(err) {
		t.Errorf("a database was made: %v", err)
	}
	if code, out, _ := command(t, "apply", "--help"); code != exitDone || !strings.Contains(out, `{"kind":"card","id":5,"deleted":true}`) {
		t.Errorf("the help: exit %d, %s", code, out)
	}
}

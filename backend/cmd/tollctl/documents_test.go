package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A scheduled job downloads a month, is killed in it, goes on, and checks what it keeps; nothing of it can be read in the folder.
func TestDocumentsOnTheConsole(t *testing.T) {
	o := open(t, build(t), "vehicles=3,months=3,seed=5,until=2024-12-10")
	data := t.TempDir()
	o.must(o.login(data))
	if r := o.run("documents", "--month", "2024-11", "--data", data); r.code != exitFailed || !strings.Contains(r.errOut, "not_synced") {
		t.Errorf("before the first sync: exit %d, %s", r.code, r.errOut)
	}
	o.must(o.run("sync", "--data", data))
	for range 3 {
		killed := exec.Command(o.programs.tollctl, "documents", "--month", "2024-11", "--data", data)
		if err := killed.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(900*time.Millisecond, func() { _ = killed.Process.Kill() })
		_ = killed.Wait() // killed, or done before
	}
	var came downloaded
	if err := json.Unmarshal([]byte(o.must(o.run("documents", "--month", "2024-11", "--data", data, "--json")).out), &came); err != nil {
		t.Fatal(err)
	}
	if came.Invoices == 0 || came.Failed != 0 || came.Kept != 2*came.Invoices {
		t.Errorf("the download says %+v", came)
	}
	if found := inTheClear(t, data); len(found) > 0 {
		t.Errorf("in the clear: %v", found)
	}
	o.close()
	var checked verified
	if err := json.Unmarshal([]byte(o.must(o.run("documents", "--verify", "--data", data, "--json")).out), &checked); err != nil {
		t.Fatal(err)
	}
	if checked.Checked != came.Kept || checked.Bytes != came.KeptBytes || len(checked.Lost) != 0 {
		t.Errorf("checked %+v of %+v", checked, came)
	}
	o.prints(data, came.Invoices)
	files, err := filepath.Glob(filepath.Join(data, "documents-*", "*", "*"))
	if err != nil || int64(len(files)) != came.Kept {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if r := o.run("documents", "--verify", "--data", data); r.code != exitFailed || !strings.Contains(r.errOut, "document_damaged") || !strings.Contains(r.out, "downloaded anew") {
		t.Errorf("with a file gone: exit %d\n%s\n%s", r.code, r.out, r.errOut)
	}
	if r := o.run("documents", "--month", "2024-11", "--patience", "100ms", "--data", data); r.code != exitFailed || !strings.Contains(r.errOut, "hall_unreachable") {
		t.Errorf("without a hall: exit %d\n%s", r.code, r.errOut)
	}
	for _, wrong := range [][]string{{"--month", "November"}, {"--group", "no such group"}, {"--kind", "docx"}} {
		if r := o.run(append([]string{"documents", "--data", data}, wrong...)...); r.code != exitUsage {
			t.Errorf("%v: exit %d, %s", wrong, r.code, r.errOut)
		}
	}
}

// prints is what a scheduled job does with the month: it prints what was not printed yet, with no network, once.
func (o *office) prints(data string, invoices int64) {
	o.t.Helper()
	spool := printServer(o.t)
	november := []string{"print", "--month", "2024-11", "--data", data, "--json"}
	read := func(r result) (p printedOut) {
		o.t.Helper()
		if err := json.Unmarshal([]byte(r.out), &p); err != nil {
			o.t.Fatalf("%v in %s%s", err, r.out, r.errOut)
		}
		return p
	}
	if r := o.run("print", "--month", "2024-10", "--out", filepath.Join(o.t.TempDir(), "a.pdf"), "--data", data); r.code != exitFailed || !strings.Contains(r.errOut, "document_absent") {
		o.t.Errorf("a month whose originals are not here: exit %d, %s", r.code, r.errOut)
	}
	file := filepath.Join(o.t.TempDir(), "november.pdf")
	saved := read(o.must(o.run(append(november, "--per-page", "4", "--out", file)...)))
	if saved.Invoices != invoices || saved.File != file || saved.LeftCount != 0 || saved.Skipped != 0 {
		o.t.Errorf("saved %+v of %d invoices", saved, invoices)
	}
	if out, err := exec.Command("pdftotext", file, "-").Output(); err != nil || !strings.Contains(string(out), "发票打印清单") {
		o.t.Errorf("the file says %.200s, %v", out, err)
	}
	if r := o.run(append(november, "--printer", "Office")...); r.code != exitFailed || !strings.Contains(r.errOut, fmt.Sprintf("%d of %d invoices were printed before", invoices, invoices)) || !strings.Contains(r.errOut, "not_found") {
		o.t.Errorf("a second time: exit %d, %s", r.code, r.errOut)
	}
	printed := read(o.must(o.run(append(november, "--again", "--per-vehicle", "--no-cover", "--printer", "Office", "--copies", "2")...)))
	if printed.Printer != "Office" || printed.State != "left" || printed.Invoices != invoices {
		o.t.Errorf("printed %+v", printed)
	}
	if got, err := os.ReadFile(spool + ".arguments"); err != nil || !strings.Contains(string(got), "-d Office -n 2") {
		o.t.Errorf("lp was called with %s, %v", got, err)
	}
	if out, err := exec.Command("pdftotext", spool, "-").Output(); err != nil || strings.Contains(string(out), "发票打印清单") || strings.Count(string(out), "行程清单") < 3 {
		o.t.Errorf("the printer got %.300s, %v", out, err)
	}
	each := filepath.Join(o.t.TempDir(), "each.zip")
	if zipped := read(o.must(o.run(append(november, "--again", "--per-vehicle", "--order", "number", "--out", each)...))); zipped.Invoices != invoices {
		o.t.Errorf("a file a vehicle: %+v", zipped)
	}
	if r := o.must(o.run("print", "--list-printers", "--data", data)); r.out != "Office\n" {
		o.t.Errorf("the printers are %q", r.out)
	}
	for _, wrong := range [][]string{{}, {"--out", "a.pdf", "--printer", "Office"}, {"--out", "a.pdf", "--per-page", "3"}, {"--out", "a.pdf", "--order", "colour"}, {"--out", "a.zip"}} {
		if r := o.run(append([]string{"print", "--data", data}, wrong...)...); r.code != exitUsage {
			o.t.Errorf("%v: exit %d, %s", wrong, r.code, r.errOut)
		}
	}
}

// printServer puts programs in the place of those of CUPS: they keep the file and the arguments of the last job.
func printServer(t *testing.T) (spool string) {
	t.Helper()
	folder := t.TempDir()
	spool = filepath.Join(folder, "spool.pdf")
	for name, script := range map[string]string{
		"lpstat": "case \"$1\" in -e) echo Office;; -d) echo 'system default destination: Office';; esac",
		"lp":     "echo \"$*\" > '" + spool + ".arguments'; for last; do :; done; cp \"$last\" '" + spool + "'; echo 'request id is Office-1 (1 file(s))'",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	return spool
}

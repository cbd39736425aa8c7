package main

import (
	"encoding/json"
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

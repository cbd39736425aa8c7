package main

import (
	"os/exec"
	"strings"
	"testing"
)

// onDisk runs a script with $DIR on a small disk of its own, in a namespace that needs no rights outside it. $TOLLCTL is the program.
func (o *office) onDisk(size, script string) result {
	o.t.Helper()
	command := exec.Command("unshare", "--map-root-user", "--mount", "sh", "-c", `set -e; mount -t tmpfs -o size=`+size+` none "$DIR"; `+script)
	command.Env = append(command.Environ(), "DIR="+o.t.TempDir(), "TOLLCTL="+o.programs.tollctl)
	return o.runAs(command)
}

func TestAFullDiskLeavesTheCacheAsItWas(t *testing.T) {
	o := open(t, build(t), "vehicles=40,months=6,seed=7,until=2024-12-10")
	data := t.TempDir()
	o.must(o.login(data))
	r := o.onDisk("1m", `
		cp "`+data+`"/session.sealed "`+data+`"/keys.json "$DIR"
		code=0; "$TOLLCTL" sync --data "$DIR" || code=$?
		echo "exit $code" >&2
		mount -o remount,size=200m "$DIR"
		"$TOLLCTL" sync --data "$DIR"
		"$TOLLCTL" verify --data "$DIR" >/dev/null
		mount -o remount,size=$(($(du -sk "$DIR" | cut -f1) + 300))k "$DIR"
		code=0; "$TOLLCTL" export bill-lines --from 2024-07 --to 2024-12 --format xlsx --out "$DIR/lines.xlsx" --data "$DIR" || code=$?
		echo "export $code" >&2
		ls -A "$DIR" >&2
		"$TOLLCTL" verify --data "$DIR" >/dev/null`)
	o.must(r)
	for _, want := range []string{"disk_full", "exit 1", "export 1", "make room on the disk"} {
		if !strings.Contains(r.errOut, want) {
			t.Errorf("%q is not said:\n%s", want, r.errOut)
		}
	}
	if strings.Contains(r.errOut, "\nlines.xlsx\n") || strings.Contains(r.errOut, "\n.tollbook") {
		t.Errorf("half a file was left behind:\n%s", r.errOut)
	}
}

func TestAReadOnlyFolderIsNamed(t *testing.T) {
	o := &office{t: t, programs: build(t)}
	r := o.onDisk("1m", `
		mount -o remount,ro "$DIR"
		"$TOLLCTL" login --hall http://127.0.0.1:9 --phone 10000000001 --data "$DIR/data"`)
	if r.code != exitFailed || !strings.Contains(r.errOut, "read_only") || !strings.Contains(r.errOut, "folder you may write to") {
		t.Errorf("exit %d\n%s", r.code, r.errOut)
	}
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tollbook/backend/hall/sample"
)

// programs are the two programs as a person has them: built once for all stories.
type programs struct{ hall, tollctl string }

func build(t *testing.T) programs {
	t.Helper()
	p, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var built = sync.OnceValues(func() (programs, error) {
	folder, err := os.MkdirTemp("", "tollbook-stories-")
	if err != nil {
		return programs{}, err
	}
	p := programs{filepath.Join(folder, "hall"), filepath.Join(folder, "tollctl")}
	for program, pkg := range map[string]string{p.hall: "tollbook/backend/cmd/hall", p.tollctl: "tollbook/backend/cmd/tollctl"} {
		if out, err := exec.Command("go", "build", "-o", program, pkg).CombinedOutput(); err != nil {
			return p, fmt.Errorf("build %s: %w\n%s", pkg, err, out)
		}
	}
	return p, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if p, err := built(); err == nil {
		_ = os.RemoveAll(filepath.Dir(p.hall))
	}
	os.Exit(code)
}

// office is a running hall with a sample fleet, and a person at a console.
type office struct {
	t        *testing.T
	programs programs
	url      string
	outbox   string
	process  *exec.Cmd
}

func open(t *testing.T, p programs, fleet string, more ...string) *office {
	t.Helper()
	aloneWithAPassphrase(t)
	folder := t.TempDir()
	o := &office{t: t, programs: p, outbox: filepath.Join(folder, "sms.jsonl")}
	args := []string{"serve", "--db", "sqlite:" + filepath.Join(folder, "hall.db"), "--listen", "127.0.0.1:0", "--sample", fleet, "--sms-outbox", o.outbox}
	o.process = exec.Command(p.hall, append(args, more...)...)
	output, err := o.process.StdoutPipe()
	if err == nil {
		err = o.process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		if url, listens := strings.CutPrefix(lines.Text(), "listening on "); listens {
			o.url = url
			return o
		}
	}
	t.Fatal("the hall does not listen")
	return nil
}

// aloneWithAPassphrase keeps the programs away from the keychain and the documents of whoever runs the tests.
func aloneWithAPassphrase(t *testing.T) {
	t.Setenv("TOLLBOOK_KEYCHAIN", "off")
	t.Setenv("TOLLBOOK_PASSPHRASE", "一路平安 2024")
	t.Setenv("TOLLBOOK_EXPORTS", t.TempDir())
}

func (o *office) close() {
	_ = o.process.Process.Signal(os.Interrupt) // it may have ended already
	_ = o.process.Wait()
}

// result is what a person sees of a command.
type result struct {
	code        int
	out, errOut string
}

func (o *office) run(args ...string) result {
	return o.runAs(exec.Command(o.programs.tollctl, args...))
}

func (o *office) runAs(command *exec.Cmd) result {
	o.t.Helper()
	var out, errOut bytes.Buffer
	command.Stdout, command.Stderr = &out, &errOut
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !asExit(err, &exit) {
		o.t.Fatal(err)
	}
	return result{command.ProcessState.ExitCode(), out.String(), errOut.String()}
}

func asExit(err error, exit **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*exit = e
	return ok
}

func (o *office) must(r result) result {
	o.t.Helper()
	if r.code != exitDone {
		o.t.Fatalf("exit %d\n%s\n%s", r.code, r.out, r.errOut)
	}
	return r
}

// login signs in as a person would: the command asks for the code, which is read from the phone (the outbox).
func (o *office) login(data string, more ...string) result {
	o.t.Helper()
	signIns, err := sample.SignIns()
	if err != nil {
		o.t.Fatal(err)
	}
	clerk := signIns[0]
	args := append([]string{"login", "--hall", o.url, "--phone", clerk.Phone, "--name", clerk.Name, "--document", clerk.DocumentNumber, "--data", data}, more...)
	command := exec.Command(o.programs.tollctl, args...)
	typing, err := command.StdinPipe()
	if err != nil {
		o.t.Fatal(err)
	}
	go func() {
		defer typing.Close()
		h := hallProcess{outbox: o.outbox}
		if code, err := h.lastCode(context.Background(), clerk.Phone); err == nil {
			fmt.Fprintln(typing, code)
		}
	}()
	return o.runAs(command)
}

type proofSeen struct {
	Proven bool
	Months []struct {
		Month              string
		BillLines, Amount  int64 `json:"-"`
		Rows               int64
		Digest, HallDigest string
		Proven             bool
	}
}

func (o *office) verify(data string) proofSeen {
	o.t.Helper()
	var proof proofSeen
	if err := json.Unmarshal([]byte(o.must(o.run("verify", "--data", data, "--json")).out), &proof); err != nil {
		o.t.Fatal(err)
	}
	return proof
}

func TestMainJobOnTheConsole(t *testing.T) {
	o := open(t, build(t), "vehicles=20,months=3,seed=5,until=2024-12-10")
	data := filepath.Join(t.TempDir(), "数据 目录 #1 100% a&b=c;d") // Chinese user names and odd folders are the normal case
	if r := o.run("sync", "--data", data); r.code != exitSignInNeeded || !strings.Contains(r.errOut, "tollctl login") {
		t.Errorf("a sync before the sign-in: exit %d, %s", r.code, r.errOut)
	}
	o.must(o.login(data))
	if r := o.run("verify", "--data", data); r.code != exitFailed || !strings.Contains(r.errOut, "not_synced") {
		t.Errorf("verify before the first sync: exit %d, %s", r.code, r.errOut)
	}
	o.must(o.run("sync", "--data", data))
	if proof := o.verify(data); !proof.Proven || len(proof.Months) < 4 {
		t.Errorf("the proof is %+v", proof)
	}
	second := t.TempDir()
	if r := o.run("login", "--hall", o.url, "--phone", "10000000001", "--code", "000000", "--data", second); r.code != exitFailed || !strings.Contains(r.errOut, "code_rejected") {
		t.Errorf("a wrong code: exit %d, %s", r.code, r.errOut)
	}

	o.close() // from here on there is no hall
	if r := o.run("sync", "--data", data); r.code != exitFailed || !strings.Contains(r.errOut, "hall_unreachable") {
		t.Errorf("a sync without a hall: exit %d, %s", r.code, r.errOut)
	}
	if proof := o.verify(data); !proof.Proven {
		t.Error("after a failed sync the cache is no longer proven")
	}
	for _, document := range []string{"bills", "bill-lines"} {
		for _, format := range []string{"xlsx", "pdf", "csv"} {
			file := filepath.Join(t.TempDir(), document+"."+format)
			r := o.must(o.run("export", document, "--by", "month", "--from", "2024-10", "--to", "2024-12", "--format", format, "--out", file, "--data", data, "--json"))
			var report exported
			if err := json.Unmarshal([]byte(r.out), &report); err != nil || report.Rows == 0 || len(report.Files) != 1 {
				t.Errorf("%s as %s: %s, %v", document, format, r.out, err)
			}
			if info, err := os.Stat(file); err != nil || info.Size() < 500 {
				t.Errorf("%s as %s: %v", document, format, err)
			}
		}
	}
	o.statements(data)
	for _, list := range []string{"vehicles", "cards", "tags", "parking"} {
		file := filepath.Join(t.TempDir(), list+".csv")
		o.must(o.run("export", list, "--format", "csv", "--full-numbers", "--out", file, "--data", data))
		content, err := os.ReadFile(file)
		if err != nil || strings.Count(string(content), "浙") < 20 {
			t.Errorf("%s: %v, %.300s", list, err, content)
		}
	}
}

// statements are made of the whole fleet, of each vehicle, and of nothing that there is not.
func (o *office) statements(data string) {
	o.t.Helper()
	folder := o.t.TempDir()
	order := []string{"export", "statement", "--month", "2024-10", "--to", "2024-11", "--data", data}
	for out, more := range map[string][]string{"a.xlsx": nil, "a.pdf": {"--format", "pdf"}, "a.zip": {"--format", "csv", "--by", "customer", "--ungrouped"}, "each.zip": {"--per-vehicle"}} {
		file := filepath.Join(folder, out)
		o.must(o.run(append(append(order, "--out", file), more...)...))
		if info, err := os.Stat(file); err != nil || info.Size() < 5000 {
			o.t.Errorf("%s: %v", out, err)
		}
	}
	for code, more := range map[int][]string{exitUsage: {"--group", "一队"}, exitFailed: {"--template", "对账"}} {
		if r := o.run(append(append(order, "--out", filepath.Join(folder, "none.xlsx")), more...)...); r.code != code {
			o.t.Errorf("%v: exit %d, %s", more, r.code, r.errOut)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "none.xlsx")); err == nil {
		o.t.Error("a statement that was refused left a file")
	}
}

func TestWrongCallsExitWith2(t *testing.T) {
	o := &office{t: t, programs: build(t)}
	empty := t.TempDir()
	for _, args := range [][]string{
		{"sync"}, {"nonsense"}, {"sync", "--data", empty, "--bogus"}, {"export", "--data", empty}, {"export", "bills", "--data", empty}, {"sync", "extra", "--data", empty},
		{"export", "bills", "--from", "2024-01", "--to", "2024-12", "--format", "docx", "--out", "x", "--data", empty}, {"export", "cards", "--data", empty},
		{"login", "--hall", "not an address", "--phone", "10000000001", "--data", t.TempDir()},
		{"demo", "--data", t.TempDir(), "--vehicles", "0"},
	} {
		if r := o.run(args...); r.code != exitUsage && !(args[0] == "export" && r.code == exitSignInNeeded) {
			t.Errorf("%v: exit %d, %s", args, r.code, r.errOut)
		}
	}
}

func TestAKilledSyncGoesOnWhereItWas(t *testing.T) {
	o := open(t, build(t), "vehicles=100,months=6,seed=7,until=2024-12-10")
	data, whole := t.TempDir(), t.TempDir()
	o.must(o.login(data))
	copyFolder(t, data, whole) // the same session, another cache
	length := o.time("sync", "--data", whole)
	idle := o.time("sync", "--data", whole) // what a sync costs before and after its work
	want := o.verify(whole)
	// A refresh token is good for one use: the other folder goes on with the newest.
	for _, file := range []string{"keys.json", "session.sealed"} {
		raw, err := os.ReadFile(filepath.Join(whole, file))
		if err == nil {
			err = os.WriteFile(filepath.Join(data, file), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}

	random := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for range 10 {
		command := exec.Command(o.programs.tollctl, "sync", "--data", data)
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		moment := idle*4/5 + time.Duration(random.Int64N(int64(length/5))) // short lives, so that the sync is still under way in the last one
		timer := time.AfterFunc(moment, func() { _ = command.Process.Kill() })
		err := command.Wait()
		timer.Stop()
		if err != nil {
			killed++
		}
		if found := inTheClear(t, data); len(found) > 0 {
			t.Fatalf("after a kill the data folder shows %v", found)
		}
	}
	if killed < 5 {
		t.Fatalf("only %d of 10 syncs were killed before they ended", killed)
	}
	o.must(o.run("sync", "--data", data))
	got := o.verify(data)
	if !got.Proven || fmt.Sprint(got.Months) != fmt.Sprint(want.Months) {
		t.Errorf("after %d kills the cache is %+v, want %+v", killed, got, want)
	}
}

// time runs a command that must succeed.
func (o *office) time(args ...string) time.Duration {
	o.t.Helper()
	start := time.Now()
	o.must(o.run(args...))
	return time.Since(start)
}

// telling are words of the sample that no file of a data folder may hold: plates, a name, phones, stations, the scheme of the tables.
func telling() []string {
	return []string{"浙A", "浙X", "浙Y", "浙Z", "样例物流", "10000000001", "9199000000000000", "杭州", "径山", "高速", "CREATE TABLE", "SQLite format"}
}

// inTheClear lists what of that a copy of the folder would show.
func inTheClear(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, word := range telling() {
			if bytes.Contains(raw, []byte(word)) {
				found = append(found, entry.Name()+": "+word)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// copyFolder copies the files of a data folder that has no cache yet.
func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func TestTheDemoReportsWhatItDid(t *testing.T) {
	aloneWithAPassphrase(t)
	o := &office{t: t, programs: build(t)}
	args := func(data string) []string {
		return []string{"demo", "--vehicles", "12", "--months", "3", "--seed", "4", "--until", "2024-12-10", "--data", data, "--out", filepath.Join(data, "out"), "--json"}
	}
	first, second := t.TempDir(), t.TempDir()
	var reports [2]demoReport
	for i, data := range []string{first, second} {
		if err := json.Unmarshal([]byte(o.must(o.run(args(data)...)).out), &reports[i]); err != nil {
			t.Fatal(err)
		}
		for _, file := range reports[i].Files {
			if _, err := os.Stat(file); err != nil {
				t.Error(err)
			}
		}
	}
	a, b := reports[0], reports[1]
	if a.Vehicles != 12 || a.Months != 3 || !a.Proven || a.Trips < 300 || a.BillLines < 300 || len(a.Files) != 4 {
		t.Errorf("the report is %+v", a)
	}
	if a.Trips != b.Trips || a.BillLines != b.BillLines || a.AmountFen != b.AmountFen {
		t.Errorf("the same seed gave %+v and %+v", a, b)
	}
	again := o.must(o.run(args(first)...)) // a second demo in the same folder goes on with what is there
	var repeated demoReport
	if err := json.Unmarshal([]byte(again.out), &repeated); err != nil || repeated.AmountFen != a.AmountFen {
		t.Errorf("a second demo in the same folder reports %s, %v", again.out, err)
	}
}

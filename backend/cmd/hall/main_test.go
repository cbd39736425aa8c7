package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tollbook/backend/hallapi"
)

func TestWrongCallsAreUsageErrors(t *testing.T) {
	db := "sqlite:" + filepath.Join(t.TempDir(), "hall.db")
	for _, args := range [][]string{
		{"dance"}, {"serve"}, {"serve", "--db", "hall.db"}, {"serve", "--db", "sqlite:"}, {"serve", "--colour", "red"},
		{"serve", "--db", db, "extra"}, {"serve", "--db", db, "--sample", "vehicles=many"}, {"serve", "--db", db, "--sample", "vehicles=0"},
	} {
		var out, problems bytes.Buffer
		if code := run(t.Context(), args, &out, &problems); code != exitUsage || problems.Len() == 0 || out.Len() != 0 {
			t.Errorf("%v: exit %d, out %q, err %q", args, code, out.String(), problems.String())
		}
	}
}

func TestFailuresExitWithOne(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"no folder":    {"serve", "--db", "sqlite:" + filepath.Join(folder, "missing", "hall.db")},
		"not SQLite":   {"serve", "--db", "sqlite:" + text},
		"no such port": {"serve", "--db", "sqlite:" + filepath.Join(folder, "hall.db"), "--listen", "127.0.0.1:99999"},
	} {
		var out, problems bytes.Buffer
		if code := run(t.Context(), args, &out, &problems); code != exitFailed || problems.Len() == 0 {
			t.Errorf("%s: exit %d, err %q", name, code, problems.String())
		}
	}
}

// server is a hall that runs as the program does, its standard output read line by line.
type server struct {
	t     *testing.T
	stop  context.CancelFunc
	lines chan string
	ended chan int
}

func start(t *testing.T, args ...string) *server {
	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	s := &server{t: t, stop: stop, lines: make(chan string, 100), ended: make(chan int, 1)}
	go func() {
		s.ended <- run(ctx, args, writer, io.Discard)
		writer.Close()
	}()
	go func() {
		defer close(s.lines)
		for scanner := bufio.NewScanner(reader); scanner.Scan(); {
			s.lines <- scanner.Text()
		}
	}()
	return s
}

// address waits for the line that says where it listens, and gives the lines before it.
func (s *server) address() (url string, before []string) {
	s.t.Helper()
	for line := range s.lines {
		if url, found := strings.CutPrefix(line, "listening on "); found {
			return url, before
		}
		before = append(before, line)
	}
	s.t.Fatal("the hall ended before it listened")
	return "", nil
}

// end interrupts the hall and gives its exit code.
func (s *server) end() int {
	s.t.Helper()
	s.stop()
	select {
	case code := <-s.ended:
		return code
	case <-time.After(30 * time.Second):
		s.t.Fatal("the hall does not end")
		return -1
	}
}

func TestServeSampleSignInThroughTheOutbox(t *testing.T) {
	folder := t.TempDir()
	outbox := filepath.Join(folder, "codes.jsonl")
	args := []string{"serve", "--db", "sqlite:" + filepath.Join(folder, "hall.db"), "--listen", "127.0.0.1:0", "--sms-outbox", outbox,
		"--sample", "vehicles=2,months=2,seed=1"}
	hall := start(t, args...)
	url, printed := hall.address()
	if text := strings.Join(printed, "\n"); len(printed) != 6 || !strings.Contains(text, "nickname=样例物流") || !strings.Contains(text, "浙江样例物流有限公司") {
		t.Fatalf("the hall printed\n%s", text)
	}
	caller, err := hallapi.NewCaller(url, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := caller.RequestCode(t.Context(), hallapi.Unit, "10000000001"); err != nil {
		t.Fatal(err)
	}
	line, err := os.ReadFile(outbox)
	if err != nil {
		t.Fatal(err)
	}
	code := strings.TrimSuffix(strings.TrimPrefix(string(line), `{"phone":"10000000001","purpose":"signIn","code":"`), "\"}\n")
	if _, err := caller.SignIn(t.Context(), hallapi.Unit, "10000000001", code); err != nil {
		t.Fatalf("the outbox says %s; signing in: %v", line, err)
	}
	if info, err := os.Stat(outbox); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the outbox has mode %v, %v", info.Mode(), err)
	}
	if code := hall.end(); code != exitDone {
		t.Fatalf("interrupted, the hall exits with %d", code)
	}

	again := start(t, args...)
	again.address()
	if code := again.end(); code != exitDone {
		t.Fatalf("started on its own database, the hall exits with %d", code)
	}
	var out, problems bytes.Buffer
	args[len(args)-1] = "vehicles=3,months=2,seed=1"
	if code := run(t.Context(), args, &out, &problems); code != exitFailed || !strings.Contains(problems.String(), "vehicles=2,months=2,seed=1") {
		t.Fatalf("another sample over this one: exit %d, %s", code, problems.String())
	}
}

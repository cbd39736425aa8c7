// Package pgtest gives tests a real PostgreSQL server: one for each test program, begun when a test first asks for it, in a temporary folder,
// on a Unix socket that nobody else on the machine finds.
package pgtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Server is the PostgreSQL server of a test program. The zero value has not begun. Its methods may be called by tests that run at once.
type Server struct {
	// Durable makes commits wait for the disk, as they do where it matters; tests alone do without.
	Durable bool

	mutex     sync.Mutex
	folder    string // of the socket and the data
	programs  string
	as        []string // what runs a program as somebody who is not root
	stdin     io.Closer
	ended     chan error
	databases int
	templates map[string]bool
}

// Main runs the tests of a program and ends its server after them; TestMain gives its result to os.Exit.
func (s *Server) Main(m *testing.M) int {
	code := m.Run()
	if err := s.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		return max(code, 1)
	}
	return code
}

// Database gives the address of a new database, a copy of the template of a name. The first test that names the template fills it.
func (s *Server) Database(t testing.TB, template string, fill func(address string) error) string {
	t.Helper()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.stdin == nil {
		s.begin(t)
	}
	must := func(err error) {
		if err != nil {
			t.Fatal("prepare a PostgreSQL database:", err)
		}
	}
	if !s.templates[template] {
		must(s.administer(t.Context(), `CREATE DATABASE `+template))
		must(fill(s.address(template)))
		s.templates[template] = true
	}
	s.databases++
	name := "test" + strconv.Itoa(s.databases)
	must(s.administer(t.Context(), `CREATE DATABASE `+name+` TEMPLATE `+template))
	return s.address(name)
}

func (s *Server) address(database string) string {
	return "postgres:///" + database + "?" + url.Values{"host": {s.folder}, "user": {"hall"}}.Encode()
}

func (s *Server) administer(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", s.address("postgres"))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statement)
	return errors.Join(err, db.Close())
}

// begin finds the programs, makes a cluster and starts its server. Where they are missing a test is skipped, but in CI, where it fails.
func (s *Server) begin(t testing.TB) {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("PostgreSQL's server (package postgresql) is missing")
		}
		t.Skip("PostgreSQL's server (package postgresql) is missing")
	}
	s.programs = filepath.Dir(slices.Max(found))
	if s.folder, err = os.MkdirTemp("", "pg"); err == nil {
		err = s.beNobodySpecial()
	}
	if err == nil {
		err = s.initialize()
	}
	if err == nil {
		err = s.start(t.Context())
	}
	if err != nil {
		t.Fatal("start PostgreSQL:", err)
	}
	s.templates = map[string]bool{}
}

// beNobodySpecial: PostgreSQL refuses to run as root.
func (s *Server) beNobodySpecial() error {
	if os.Getuid() != 0 {
		return nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		if owner, err = user.Lookup("nobody"); err != nil {
			return err
		}
	}
	uid, uidErr := strconv.Atoi(owner.Uid)
	gid, gidErr := strconv.Atoi(owner.Gid)
	s.as = []string{"setpriv", "--reuid=" + owner.Uid, "--regid=" + owner.Gid, "--clear-groups"}
	return errors.Join(uidErr, gidErr, os.Chown(s.folder, uid, gid))
}

func (s *Server) command(program string, args ...string) *exec.Cmd {
	line := slices.Concat(s.as, []string{program}, args)
	command := exec.Command(line[0], line[1:]...)
	command.Dir = s.folder
	return command
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

func (s *Server) initialize() error {
	command := s.command(filepath.Join(s.programs, "initdb"), "--pgdata", s.data(), "--no-sync", "--auth=trust", "--username=hall", "--encoding=UTF8",
		"--locale=C", "--no-instructions")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// start runs the server under a shell that ends it when this program is gone, however it went: then the shell's input ends. What a crash of the
// computer would take is of no interest to tests.
func (s *Server) start(ctx context.Context) error {
	const keep = `"$0" "$@" & server=$!; read -r how; kill -s "${how:-INT}" $server 2>/dev/null; wait $server`
	command := s.command("/bin/sh", "-c", keep, filepath.Join(s.programs, "postgres"), "-D", s.data(), "-k", s.folder, "-c", "listen_addresses=",
		"-c", "unix_socket_permissions=0700", "-c", "max_connections=300", "-c", "shared_buffers=64MB",
		"-c", "autovacuum=off") // the plans that tests look at are those of a database that nobody has counted
	if !s.Durable {
		command.Args = append(command.Args, "-c", "fsync=off", "-c", "full_page_writes=off")
	}
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	stdin, err := command.StdinPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	s.stdin, s.ended = stdin, make(chan error, 1)
	ended := s.ended
	go func() { ended <- command.Wait() }()
	for {
		if s.administer(ctx, `SELECT 1`) == nil {
			return nil
		}
		select {
		case err := <-ended:
			s.stdin = nil
			return fmt.Errorf("%w: %s", errors.Join(err, errors.New("it has ended")), out.String())
		case <-ctx.Done():
			return errors.Join(ctx.Err(), errors.New(out.String()))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// end stops the server with a signal: INT asks, QUIT is as good as a crash.
func (s *Server) end(signal string) error {
	_, err := io.WriteString(s.stdin.(io.Writer), signal+"\n")
	if err = errors.Join(err, s.stdin.Close()); err != nil {
		return err
	}
	s.stdin = nil
	if err := <-s.ended; err != nil && !strings.HasPrefix(err.Error(), "exit status") {
		return err
	}
	return nil
}

// Crash ends the server without a farewell to anybody. All its databases are there again after Restart.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err := s.end("QUIT"); err != nil {
		t.Fatal("crash PostgreSQL:", err)
	}
}

// Restart starts the server again after Crash.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err := s.start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal("start PostgreSQL again:", err)
	}
}

// Stop ends the server and removes its folder; nothing is done where no test needed it.
func (s *Server) Stop() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.folder == "" {
		return nil
	}
	var err error
	if s.stdin != nil {
		err = s.end("INT")
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}

package bench

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// childVariable makes a process of this test binary write one document and end: WRITER ROWS FILE.
const childVariable = "TOLLBOOK_BENCH_CHILD"

func TestMain(m *testing.M) {
	task := os.Getenv(childVariable)
	if task == "" {
		os.Exit(m.Run())
	}
	if err := writeAsChild(task); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// writeAsChild writes a document and prints what the process held before and at most, in kB.
func writeAsChild(task string) error {
	var name, path string
	var rows int64
	if _, err := fmt.Sscan(task, &name, &rows, &path); err != nil {
		return fmt.Errorf("read the task %q: %w", task, err)
	}
	idle, err := statusKB("VmRSS")
	if err != nil {
		return err
	}
	if err := writers()[name](path, rows); err != nil {
		return fmt.Errorf("write by %s: %w", name, err)
	}
	peak, err := statusKB("VmHWM")
	if err != nil {
		return err
	}
	if other, err := childrenPeakKB(); err != nil || other > 0 {
		idle, peak = 0, other
		if err != nil {
			return err
		}
	}
	fmt.Println(idle, peak)
	return nil
}

// statusKB reads a figure of this process from Linux. A child's rusage would not do: its peak begins with that of its parent.
func statusKB(field string) (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("ask Linux for %s: %w", field, err)
	}
	_, rest, found := strings.Cut(string(status), "\n"+field+":")
	if !found {
		return 0, fmt.Errorf("Linux does not tell %s", field)
	}
	return strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
}

// cost is what a document took: seconds of the clock and of the processor (user and system), and MB of memory over that of the idle
// process at most, and of the document's files.
type cost struct{ wall, cpu, memory, file float64 }

// peer is a program that writes a document.
type peer struct {
	name, extension string
	command         func(rows int64, path string) *exec.Cmd
}

// inGo is a peer of writers, in a process of its own so that its memory is its own.
func inGo(name, writer, extension string) peer {
	return peer{name: name, extension: extension, command: func(rows int64, path string) *exec.Cmd {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %s", childVariable, writer, rows, path))
		return child
	}}
}

// errNoPeer says that a peer cannot be had on this machine.
var errNoPeer = errors.New("gcc or libxlsxwriter (Debian: libxlsxwriter-dev) is missing")

// libxlsxwriter compiles the C program.
func libxlsxwriter(folder string) (peer, error) {
	binary := filepath.Join(folder, "libxlsxwriter")
	out, err := exec.Command("gcc", "-O2", "-o", binary, filepath.Join("testdata", "libxlsxwriter.c"), "-lxlsxwriter").CombinedOutput()
	if err != nil {
		return peer{}, fmt.Errorf("%w: %w\n%s", errNoPeer, err, out)
	}
	return peer{name: "libxlsxwriter constant_memory", extension: ".xlsx", command: func(rows int64, path string) *exec.Cmd {
		return exec.Command(binary, strconv.FormatInt(rows, 10), path)
	}}, nil
}

// write has the peer write a document into an empty folder.
func (p peer) write(rows int64, folder string) (cost, error) {
	command := p.command(rows, filepath.Join(folder, "statement"+p.extension))
	var said, complaints strings.Builder
	command.Stdout, command.Stderr = &said, &complaints
	start := time.Now()
	if err := command.Run(); err != nil {
		return cost{}, fmt.Errorf("%s: %w\n%s", p.name, err, complaints.String())
	}
	wall := time.Since(start)
	var idle, peak float64
	if _, err := fmt.Sscan(said.String(), &idle, &peak); err != nil {
		return cost{}, fmt.Errorf("%s says %q: %w", p.name, said.String(), err)
	}
	size, err := sizeOf(folder)
	cpu := command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return cost{wall: wall.Seconds(), cpu: cpu.Seconds(), memory: (peak - idle) / 1024, file: float64(size) / 1e6}, err
}

func sizeOf(folder string) (int64, error) {
	files, err := filepath.Glob(filepath.Join(folder, "statement*"))
	if err != nil {
		return 0, err
	}
	total := int64(0)
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return 0, err
		}
		total += info.Size()
	}
	return total, nil
}

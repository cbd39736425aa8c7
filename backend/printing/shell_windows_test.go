package printing

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/windows/registry"
)

// recordArgument makes this test binary a program that prints: it writes down what it was called with.
const recordArgument = "record-a-call"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == recordArgument {
		if err := os.WriteFile(os.Args[2], []byte(strings.Join(os.Args[3:], "\n")), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestTheShellOfWindows prints by the real ShellExecuteW on a printer of the real EnumPrintersW. It registers this binary as the PDF
// program of the machine, so it runs only where that is meant: in a Wine of its own (cups_linux_test.go), which checks that it ran.
func TestTheShellOfWindows(t *testing.T) {
	if os.Getenv("TOLLBOOK_SHELL_TEST") == "" {
		t.Skip("it changes the PDF program of the machine")
	}
	queues, err := System().Queues(context.Background())
	if err != nil || len(queues) == 0 {
		t.Fatalf("printers: %v, %v", queues, err)
	}
	t.Logf("printers: %+v", queues)
	folder, err := os.MkdirTemp("", "print") // left to the Wine, which is thrown away: Wine 8 cannot remove it for Go
	if err != nil {
		t.Fatal(err)
	}
	record := filepath.Join(folder, "call.txt")
	register(t, record)
	path := filepath.Join(folder, "发票 11.pdf")
	if err := os.WriteFile(path, onePage("/MediaBox[0 0 9 9]"), 0o600); err != nil {
		t.Fatal(err)
	}
	job, err := System().Print(context.Background(), Request{Path: path, Printer: queues[0].Name, Copies: 1})
	if err != nil {
		t.Fatal(err)
	}
	want := path + "\n" + queues[0].Name
	if got := awaitFile(t, record); got != want || job.Printer != queues[0].Name {
		t.Errorf("the program was called with %q, want %q", got, want)
	}
}

// register makes this binary what prints PDF, for the verb "printto" with a file and a printer.
func register(t *testing.T, record string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	set := func(path, value string) {
		key, _, err := registry.CreateKey(registry.CLASSES_ROOT, path, registry.SET_VALUE)
		if err != nil {
			t.Fatal(err)
		}
		if err := key.SetStringValue("", value); err != nil {
			t.Fatal(err)
		}
		if err := key.Close(); err != nil {
			t.Fatal(err)
		}
	}
	set(".pdf", "TollbookTest.pdf")
	set(`TollbookTest.pdf\shell\printto\command`, fmt.Sprintf(`"%s" %s "%s" "%%1" "%%2"`, self, recordArgument, record))
}

// awaitFile reads a file that another program writes.
func awaitFile(t *testing.T, path string) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if content, err := os.ReadFile(path); err == nil && len(content) > 0 {
			return string(content)
		}
	}
	t.Fatal("the program was not called")
	return ""
}

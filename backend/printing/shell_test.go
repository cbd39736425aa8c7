package printing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"tollbook/backend/fault"
)

// shell is a Windows of a test: which verbs its PDF program knows, and what was called.
type shell struct {
	names  []string
	usual  string
	verbs  []string
	failed error
	calls  []string
}

func (s *shell) printer() Printer {
	return shellPrinter{calls: shellCalls{
		printers:       func() ([]string, error) { return s.names, s.failed },
		defaultPrinter: func() (string, error) { return s.usual, nil },
		execute: func(verb, path, arguments string) error {
			if !slices.Contains(s.verbs, verb) {
				return fmt.Errorf("%s: %w", verb, errNoProgram)
			}
			s.calls = append(s.calls, verb+"|"+path+"|"+arguments)
			return nil
		},
	}}
}

func TestTheShellIsCalledAsWindowsNeedsIt(t *testing.T) {
	path := t.TempDir() + "/发票 2024-11.pdf"
	both, only := []string{"print", "printto"}, []string{"print"}
	cases := []struct {
		name    string
		shell   shell
		request Request
		calls   []string
		code    fault.Code
	}{
		{"a chosen printer", shell{names: []string{"A", `\\server\财务 B`}, usual: "A", verbs: both}, Request{Printer: `\\server\财务 B`, Copies: 1}, []string{`printto|` + path + `|"\\server\财务 B"`}, ""},
		{"the default printer, twice", shell{names: []string{"B", "A"}, usual: "A", verbs: both}, Request{Copies: 2}, []string{`printto|` + path + `|"A"`, `printto|` + path + `|"A"`}, ""},
		{"a program that knows the default printer alone", shell{names: []string{"A", "B"}, usual: "A", verbs: only}, Request{Copies: 1}, []string{`print|` + path + `|`}, ""},
		{"the same, and another printer", shell{names: []string{"A", "B"}, usual: "A", verbs: only}, Request{Printer: "B", Copies: 1}, nil, fault.NoPrintProgram},
		{"no program", shell{names: []string{"A"}, usual: "A"}, Request{Copies: 1}, nil, fault.NoPrintProgram},
		{"no printer", shell{verbs: both}, Request{Copies: 1}, nil, fault.PrinterMissing},
		{"no default printer", shell{names: []string{"A"}, verbs: both}, Request{Copies: 1}, nil, fault.PrinterMissing},
		{"a printer that is gone", shell{names: []string{"A"}, usual: "A", verbs: both}, Request{Printer: "Z", Copies: 1}, nil, fault.PrinterMissing},
		{"a name that would end its quotes", shell{names: []string{`A" /x "`}, verbs: both}, Request{Printer: `A" /x "`, Copies: 1}, nil, fault.BadInput},
		{"no copy", shell{names: []string{"A"}, usual: "A", verbs: both}, Request{}, nil, fault.BadInput},
		{"a spooler that fails", shell{failed: errors.New("the spooler is stopped")}, Request{Copies: 1}, nil, fault.PrintFailed},
	}
	for _, c := range cases {
		c.request.Path = path
		_, err := c.shell.printer().Print(context.Background(), c.request)
		if fault.CodeOf(err) != c.code || !slices.Equal(c.shell.calls, c.calls) {
			t.Errorf("%s: called %q, want %q; error %v, want %q", c.name, c.shell.calls, c.calls, err, c.code)
		}
	}
}

func TestTheDefaultPrinterComesFirst(t *testing.T) {
	s := shell{names: []string{"A", "B", "C"}, usual: "B"}
	queues, err := s.printer().Queues(context.Background())
	if want := []Queue{{"B", true}, {"A", false}, {"C", false}}; err != nil || !slices.Equal(queues, want) {
		t.Errorf("%v, %v", queues, err)
	}
}

// What was printed must be known exactly, or it is printed, and paid, twice.
func TestAReceiptNamesThePackedDocumentsAlone(t *testing.T) {
	s := shell{names: []string{"A"}, usual: "A", verbs: []string{"printto"}}
	pack := Result{Packed: []Packed{{Document: Document{ID: "1"}}, {Document: Document{ID: "3"}}}, Refused: []Refused{{Document: Document{ID: "2"}}}}
	now := time.Unix(1_700_000_000, 0)
	receipt, err := Hand(context.Background(), s.printer(), Request{Path: os.TempDir() + "/a.pdf", Copies: 1}, pack, now)
	if err != nil || !slices.Equal(receipt.Documents, []string{"1", "3"}) || receipt.Job.Printer != "A" || !receipt.HandedAt.Equal(now) {
		t.Errorf("%+v, %v", receipt, err)
	}
	s.verbs = nil
	if receipt, err := Hand(context.Background(), s.printer(), Request{Path: os.TempDir() + "/a.pdf", Copies: 1}, pack, now); err == nil || receipt.Documents != nil {
		t.Errorf("nothing was printed, yet %+v", receipt)
	}
}

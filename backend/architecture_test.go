// Package backend holds no code of its own: this test keeps the arrows of the house true.
package backend

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type pkg struct {
	ImportPath string
	Imports    []string
}

// packages lists what each package of the module imports itself.
func packages(t *testing.T) []pkg {
	t.Helper()
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "tollbook/...")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestTheArrowsPointDownwards(t *testing.T) {
	const module = "tollbook/backend/"
	leaves := []string{"money", "plate", "period", "mask", "fault"}
	below := map[string][]string{ // package -> what else than leaves it may import
		"money": nil, "plate": nil, "period": nil, "mask": nil, "fault": nil,
		"record": {}, "hallapi": {"record"}, "store": {"record"}, "statement": {"statement/font"},
		"keeper": {}, "auth": {"hallapi"}, "syncer": {"store", "hallapi", "record"}, "job": {"store"},
		"list":       {"statement"},
		"intake":     {},
		"letterhead": {"store", "hallapi", "record", "statement"},
		"printing":   {"statement"},
		"bills":      {"letterhead", "list", "store", "record", "statement"},
		"monthly":    {"letterhead", "store", "record", "statement"},
		"fleet":      {"intake", "letterhead", "list", "store", "hallapi", "record", "statement"},
		"funds":      {"hallapi", "intake", "letterhead", "list", "store", "record", "statement"},
		"trips":      {"letterhead", "list", "store", "record", "statement"},
		"coverage":   {"letterhead", "list", "store", "record", "statement"},
		"deduction":  {"letterhead", "list", "store", "statement"},
		"documents":  {"store", "hallapi"},
		"invoices":   {"letterhead", "list", "store", "record", "statement"},
		"printout":   {"documents", "invoices", "letterhead", "list", "printing", "record", "statement", "store"},
		"workspace":  {"auth", "bills", "coverage", "deduction", "documents", "fleet", "funds", "invoices", "monthly", "printing", "printout", "trips", "job", "keeper", "statement", "store", "syncer"},
		"hall":       {"hallapi", "record"}, "hall/pgtest": {}, "hall/alipay": {}, "hall/sandbox": {"hall/alipay"}, "hall/sample": {"hall", "hallapi", "record"}, "hall/paper": {"hall", "hallapi", "record", "statement/font"}, "hall/serve": {"hall", "hall/alipay", "hall/paper", "hall/sample", "hall/sandbox"},
		"statement/font": {}, "bench": {}, // tests alone, which may import what they measure
		"bench/years": {"record", "store"},
	}
	for _, p := range packages(t) {
		name, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours || strings.HasPrefix(name, "cmd/") {
			continue
		}
		allowed, known := below[name]
		if !known {
			t.Errorf("package %s has no place in the house: name it in this test and in the README's map", name)
			continue
		}
		for _, imported := range p.Imports {
			inside, ours := strings.CutPrefix(imported, module)
			isLeaf := slices.Contains(leaves, inside) && !slices.Contains(leaves, name)
			if ours && !isLeaf && !slices.Contains(allowed, inside) && !strings.HasPrefix(inside, name+"/") {
				t.Errorf("%s imports %s", name, inside)
			}
		}
	}
}

func TestOnlyTheShellKnowsWails(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "github.com/wailsapp/") && p.ImportPath != "tollbook/app" {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

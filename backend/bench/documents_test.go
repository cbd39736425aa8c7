package bench

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// contest is one document that several programs write, ours first.
type contest struct {
	name    string
	what    string // what rows counts; empty: rows
	rows    int64
	peers   []peer
	goals   map[string]cost // by peer: at most so much of its cost; 0: no goal
	prepare func() error    // makes what the programs read; nil: nothing
}

func contests(b *testing.B) []contest {
	excel := contest{
		name: "Excel, 12 columns", rows: 1_000_000, peers: []peer{inGo("ours", "excel", ".xlsx"), inGo("excelize StreamWriter", "excelize", ".xlsx")},
		goals: map[string]cost{"excelize StreamWriter": {wall: 0.25, file: 0.85}, "libxlsxwriter constant_memory": {wall: 0.4}},
	}
	if peer, err := libxlsxwriter(b.TempDir()); err == nil {
		excel.peers = append(excel.peers, peer)
	} else if os.Getenv("CI") != "" || !errors.Is(err, errNoPeer) {
		b.Fatal(err)
	} else {
		fmt.Println("SKIPPED: the comparison with libxlsxwriter:", err)
	}
	ours, theirs := inGo("ours", "pdf", ".pdf"), inGo("gofpdf CellFormat", "gofpdf", ".pdf")
	documents := []contest{
		excel,
		{name: "PDF, 10 columns", rows: 10_000, peers: []peer{ours, theirs}, goals: map[string]cost{theirs.name: {wall: 0.5, file: 0.65}}},
		{name: "PDF, 10 columns", rows: 100_000, peers: []peer{ours, theirs}, goals: map[string]cost{theirs.name: {wall: 0.5, memory: 0.25, file: 0.65}}},
	}
	return append(documents, mergeContests(b)...)
}

func (c contest) counted() string { return cmp.Or(c.what, "rows") }

// BenchmarkDocuments has each document written by every program in turn, a process each, and ends with a table of ratios; README.md says
// what they mean. go test -run '^$' -bench Documents -benchtime 5x -timeout 1h ./backend/bench
func BenchmarkDocuments(b *testing.B) {
	var table strings.Builder
	for _, c := range contests(b) {
		var rounds [][]cost // by round, by peer
		b.Run(fmt.Sprintf("%s/%d %s", c.name, c.rows, c.counted()), func(b *testing.B) {
			if c.prepare != nil {
				if err := c.prepare(); err != nil {
					b.Fatal(err)
				}
			}
			rounds = c.run(b)
			ours := median(of(rounds, func(costs []cost) float64 { return costs[0].wall }))
			b.ReportMetric(float64(c.rows)/ours, c.counted()+"/s")
		})
		if len(rounds) > 0 {
			table.WriteString(c.report(rounds))
		}
	}
	fmt.Print("\n", table.String())
}

// run has the peers write in turn, every second round the other way round, so that no one always comes after the same one.
func (c contest) run(b *testing.B) [][]cost {
	rounds := make([][]cost, b.N)
	for round := range rounds {
		rounds[round] = make([]cost, len(c.peers))
		for i := range c.peers {
			if round%2 == 1 {
				i = len(c.peers) - 1 - i
			}
			folder, err := os.MkdirTemp(b.TempDir(), "")
			if err != nil {
				b.Fatal(err)
			}
			if rounds[round][i], err = c.peers[i].write(c.rows, folder); err != nil {
				b.Fatal(err)
			}
			if err := os.RemoveAll(folder); err != nil {
				b.Fatal(err)
			}
		}
	}
	return rounds
}

// report is the contest's part of the table.
func (c contest) report(rounds [][]cost) string {
	var table strings.Builder
	fmt.Fprintf(&table, "%s, %d %s, %d rounds: median (least to most)\n", c.name, c.rows, c.counted(), len(rounds))
	for i, peer := range c.peers {
		fmt.Fprintf(&table, "  %-30s", peer.name)
		for _, f := range figures() {
			fmt.Fprintf(&table, "  %s %s %s", f.name, spread(of(rounds, func(costs []cost) float64 { return f.of(costs[i]) }), f.digits), f.unit)
		}
		table.WriteString("\n")
	}
	for i, peer := range c.peers[1:] {
		fmt.Fprintf(&table, "  ours / %-23s", peer.name)
		for _, f := range figures() {
			ratios := of(rounds, func(costs []cost) float64 { return f.of(costs[0]) / f.of(costs[i+1]) })
			fmt.Fprintf(&table, "  %s %s", f.name, spread(ratios, 2))
			if goal := f.of(c.goals[peer.name]); goal > 0 {
				fmt.Fprintf(&table, " goal %.2f", goal)
			}
		}
		table.WriteString("\n")
	}
	return table.String()
}

// figure is one of the costs as the table shows it.
type figure struct {
	name, unit string
	digits     int
	of         func(cost) float64
}

func figures() []figure {
	return []figure{
		{"time", "s", 2, func(c cost) float64 { return c.wall }},
		{"CPU", "s", 2, func(c cost) float64 { return c.cpu }},
		{"memory", "MB", 1, func(c cost) float64 { return c.memory }},
		{"file", "MB", 2, func(c cost) float64 { return c.file }},
	}
}

func of(rounds [][]cost, figure func([]cost) float64) []float64 {
	var values []float64
	for _, costs := range rounds {
		values = append(values, figure(costs))
	}
	return values
}

func spread(values []float64, digits int) string {
	return fmt.Sprintf("%.*f (%.*f to %.*f)", digits, median(values), digits, slices.Min(values), digits, slices.Max(values))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
